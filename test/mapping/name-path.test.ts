import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../src/mapping/expression.ts';
import { evaluateNamePath } from '../../src/mapping/name-path.ts';
import { toPlainJson } from '../../src/mapping/plain-json.ts';

const names = ['a', 'b', 'c', '__proto__', 'constructor', 'length', 'toString'];

/** Records of few names, so that paths meet something; arrays nest in arrays. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<unknown>(null, 0, 1, '', 'x', true, false),
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...names), tie('json')), { maxLength: 4 })
      .map(
        (entries) =>
          JSON.parse(`{${entries.map(([key, value]) => `"${key}":${JSON.stringify(value)}`).join(',')}}`) as unknown,
      ),
  ),
}));
const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 });

const quoted = (steps: readonly string[]) => steps.map((step) => `\`${step}\``).join('.');

describe('a path of names', () => {
  test('yields what JSONata yields', async () => {
    await fc.assert(
      fc.asyncProperty(json, path, async (input, steps) => {
        const theirs = toPlainJson(await jsonata(quoted(steps)).evaluate(structuredClone(input)));
        // As text: a record may have a property called constructor, which strict equality takes for its type.
        expect(JSON.stringify(evaluateNamePath(steps, input))).toBe(JSON.stringify(theirs));
      }),
      { numRuns: 3000 },
    );
  });

  test('is the same through the compiler', async () => {
    await fc.assert(
      fc.asyncProperty(json, path, async (input, steps) => {
        const { expression } = compileExpression(quoted(steps), []);
        const value = await expression?.evaluate(input, {});
        expect(JSON.stringify(value)).toBe(JSON.stringify(evaluateNamePath(steps, input)));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a.b', { a: [{ b: 1 }, { b: 2 }] }, [1, 2]],
    ['a.b', { a: [{ b: 1 }, {}] }, 1],
    ['a.b', { a: { b: [] } }, []],
    ['a.b', { a: [] }, undefined],
    ['a', { a: [7] }, [7]],
    ['a.b', { a: { b: null } }, null],
  ])('%s of %j', async (text, input, expected) => {
    const { expression } = compileExpression(text, []);
    expect(await expression?.evaluate(input, {})).toStrictEqual(expected);
  });
});
