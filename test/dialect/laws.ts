/** Laws of every shipped dialect, before every judge of it. */
import { compileQuery } from '../../src/dialect/compile.ts';
import { type Law, law } from '../prove/law.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { judgesOf } from './judges/all.ts';
import { breach, type LawCase, lawCase, type Store } from './law.ts';
import { readWhere } from './object.ts';
import { pivotCase, pivotLawCase } from './pivot.ts';

export const dialectLaws: readonly Law[] = dialectNames.flatMap((name) => {
  const panel = judgesOf(name).map((judge) => {
    const shipped = readDialect(name);
    return { ...judge, dialect: judge.spell?.(shipped) ?? shipped };
  });
  const judged = (given: (how: Store) => LawCase): string | null => {
    for (const { by, reader, dialect, store = {} } of panel) {
      const each = given(store);
      const wrong = breach(compileQuery, readWhere(each.text), dialect, reader, each, store);
      if (wrong !== null) return `${by}: ${wrong}`;
    }
    return null;
  };
  const about = { dialect: name };
  return [
    law(`${name}: the vendor’s answer and the residual are the where`, lawCase, (given) => judged(() => given), about),
    law(
      `${name}: no record is lost that the where was made for`,
      pivotCase,
      (given) => judged((how) => pivotLawCase(given, how)),
      about,
    ),
  ];
});
