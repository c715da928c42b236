import { expect, test } from 'vitest';
import { deepestNesting, isTooDeep } from '../../src/diagnostic/nesting.ts';

test.each([
  ['[', ']', deepestNesting, false],
  ['[', ']', deepestNesting + 1, true],
  ['{"a":', '}', deepestNesting, false],
  ['{"a":', '}', deepestNesting + 1, true],
  ['[1,{"a":', '}]', 1_000_000, true],
])('%s…%s, %i times, is too deep: %s', (open, close, times, isDeep) => {
  expect(isTooDeep(JSON.parse(`${open.repeat(times)}null${close.repeat(times)}`))).toBe(isDeep);
});

test('what holds itself is too deep, what is wide or plain is not', () => {
  const knot: unknown[] = [];
  knot.push(knot);
  expect(isTooDeep(knot)).toBe(true);
  expect([null, 'text', [], Array.from({ length: 1_000 }, () => [[]])].map(isTooDeep)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
