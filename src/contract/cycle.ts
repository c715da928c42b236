/**
 * A full cycle of one object at its vendor: a record is created, changed twice and deleted, and the events that come out
 * are held against what was done.
 */
import type { ConnectorObject } from '../connector/connector.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { AnyhookEvent } from '../event/event.ts';
import { latestMark, markOf } from './mark.ts';
import type { TrialDesk } from './trial.ts';

export interface CycleOptions {
  /** What is tried, in words: `acme contact`. */
  readonly subject: string;
  readonly object: ConnectorObject;
  readonly desk: TrialDesk;
  /** What came out so far. */
  readonly events: readonly AnyhookEvent[];
  /** Tells the marks of this run from those of others. */
  readonly run: string;
  /**
   * Polls until `isSeen` is true, as long as it is worth waiting.
   * @throws Failure of the vendor.
   */
  readonly until: (isSeen: () => boolean) => Promise<void>;
  /** Told before each step. */
  readonly onStep?: (words: string) => void;
}

const steps = ['create', 'update', 'update', 'delete'] as const;

/** @throws Failure of the vendor; the record may then still be there. */
export async function runCycle(options: CycleOptions): Promise<readonly Diagnostic[]> {
  const { object, desk, run, events, until, onStep } = options;
  const expected: { readonly change: string; readonly mark: number | null }[] = [];
  let id = '';
  await until(() => true);
  for (const [index, step] of steps.entries()) {
    const mark = step === 'delete' ? null : index + 1;
    onStep?.(step);
    if (step === 'create') id = await desk.create(markOf(run, index + 1));
    else if (step === 'update') await desk.update(id, markOf(run, index + 1));
    else await desk.remove(id);
    if (step !== 'delete') expected.push({ change: `${step}d`, mark });
    else if (object.isNeverDeleted) expected.push({ change: 'updated', mark });
    else if (object.seesDeletes) expected.push({ change: 'deleted', mark });
    await until(() => events.filter(({ subject }) => subject === id).length >= expected.length);
  }
  return judge(options, id, expected);
}

function judge(
  { subject, events }: CycleOptions,
  id: string,
  expected: readonly { readonly change: string; readonly mark: number | null }[],
): readonly Diagnostic[] {
  const own = events.filter((event) => event.subject === id);
  const seen = own.map(({ data }) => data.change).join(', ') || 'no events';
  const wanted = expected.map(({ change }) => change).join(', ');
  if (seen !== wanted) return [wrong(subject, `The cycle gave ${seen} instead of ${wanted}.`)];
  const stale = own.findIndex(({ data }, index) => {
    const mark = expected[index]?.mark ?? null;
    return mark !== null && latestMark(data.native) !== mark;
  });
  const unmapped = own.some(({ data }) => data.record === null && data.change !== 'deleted');
  return [
    ...(stale < 0 ? [] : [wrong(subject, `Event ${stale + 1} does not show what was written before it.`)]),
    ...(unmapped ? [wrong(subject, 'A record could not be mapped.')] : []),
  ];
}

function wrong(subject: string, message: string): Diagnostic {
  return {
    code: 'case-failed',
    severity: 'error',
    message: `${subject}: ${message}`,
    help: 'Run `anyhook sandbox` and `anyhook poll` by hand to see what the vendor answers.',
  };
}
