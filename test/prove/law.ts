/** A law of the project: a property that no case may break. */
import fc from 'fast-check';

export interface Law {
  readonly name: string;
  /** The dialect it is about; absent for laws of the language. */
  readonly dialect?: string;
  /** Looks for a case that breaks the law, and for the least of them. */
  check(parameters: fc.Parameters<[unknown]>): fc.RunDetails<[unknown]>;
}

/** `breach` says what is wrong with a case; null when nothing is. */
export function law<T>(
  name: string,
  cases: fc.Arbitrary<T>,
  breach: (given: T) => string | null,
  about: Pick<Law, 'dialect'> = {},
): Law {
  const property = fc.property(cases, (given) => {
    const wrong = breach(given);
    if (wrong !== null) throw new Error(wrong);
  });
  return {
    name,
    ...about,
    check: (parameters) => fc.check(property, parameters as fc.Parameters<[T]>) as fc.RunDetails<[unknown]>,
  };
}

/** Holds a law over some cases, for tests. @throws Error with the least case that breaks it, and its seed. */
export function hold({ check }: Law, numRuns: number): void {
  const details = check({ numRuns });
  if (details.failed) throw new Error(fc.defaultReportMessage(details) ?? 'the law is broken');
}
