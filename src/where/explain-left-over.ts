/** What is said of something behind a whole condition that does not join it to another. */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { type Around, comparisons, isOperator, joints, literals, otherClauses, show } from './around.ts';
import { isTimeWord, otherHabit } from './explain-habit.ts';
import { printText } from './print.ts';
import { endOf } from './read-token.ts';
import * as T from './tokens.ts';

export function leftOver(at: Around): Diagnostic {
  const { before, found, after } = at;
  if (found === undefined) return at.say('The where ends too early.', 'Complete it.');
  const image = show(found);
  if (found.tokenType === T.Close)
    return at.say('This parenthesis was never opened.', 'Take it away, or add ( before.');
  if (found.tokenType === T.Comma) return comma(at);
  if (before?.tokenType === T.Text && endOf(before) === found.startOffset) {
    return at.say(
      `The quote before ${image} ends the text ${show(before)}.`,
      "Write a quote inside text twice: ''.",
      before,
      found,
    );
  }
  const habit = otherHabit(at, found);
  if (habit !== null) return habit;
  if (comparisons.has(found.tokenType)) return chained(at, found);
  const moved = aroundNow(at, found);
  if (moved !== null) return moved;
  if (otherClauses.test(found.image)) {
    return at.say(`A where holds conditions only, no ${image}.`, `Take ${image} and what follows away.`);
  }
  if (
    found.tokenType === T.Not ||
    found.tokenType === T.Open ||
    (T.Field.categoryMatchesMap?.[found.tokenTypeIdx] === true && isOperator(after))
  ) {
    return at.say(`AND or OR is missing before ${image}.`, `Write AND ${image} …, or OR ${image} ….`);
  }
  if (before !== undefined && (before.tokenType === T.Word || before.tokenType === T.Loose)) {
    const isOne = endOf(before) === found.startOffset;
    const text = isOne ? before.image + found.image : at.words();
    return at.say(
      `Text with ${isOne ? image.charAt(0) : 'blanks'} needs quotes.`,
      `Write ${printText(text)}.`,
      before,
      found,
    );
  }
  if (before?.tokenType === T.Day) {
    return at.say(
      'A day and a time make one value.',
      `Write ${printText(`${before.image}T${found.image}`)}.`,
      before,
      found,
    );
  }
  return at.say(`${image} is left over.`, 'Join conditions with AND or OR, and put text into single quotes.');
}

/** `now() - 7`, `now - 7d`, `now(-7d)`, `today()`. */
function aroundNow(at: Around, found: IToken): Diagnostic | null {
  const { before, after } = at;
  const isSigned = /^[-+]/.test(found.image);
  if (before?.tokenType === T.Now && isSigned) {
    return at.say(
      'now() is moved by a number with a unit.',
      'Write now() - 7d; units are ms, s, m, h, d and w.',
      found,
      after ?? found,
    );
  }
  if (before?.tokenType !== T.Word) return null;
  const isNow = before.image.toLowerCase() === 'now';
  if (isNow && isSigned) return at.say('now() has parentheses.', 'Write now() - 7d.', before);
  if (found.tokenType !== T.Open) return null;
  const isTime = isTimeWord(before.image) && after?.tokenType === T.Text;
  if (isTime) return at.say(`${show(before)} is no function; now() is the only one.`, `Write ${show(after)}.`, before);
  return isNow
    ? at.say('now() takes nothing between its parentheses.', 'Write now() - 7d.', before)
    : at.say(
        `${show(before)} is no function; now() is the only one.`,
        "Write now(), or text in quotes: 'text'.",
        before,
      );
}

/** `a > 1 < 5`, or `a = b = c`. */
function chained(at: Around, found: IToken): Diagnostic {
  const field = at.field();
  const help = `Write ${field} ${at.operator()} ${show(at.before)} AND ${field} ${show(found)} ${show(at.after)}.`;
  return at.say('A condition has one comparison.', help);
}

/** `1,000`, `stage = 'a', 'b'`, or conditions in a row. */
export function comma(at: Around): Diagnostic {
  const { before, found, after } = at;
  if (before?.tokenType === T.Numeral && after?.tokenType === T.Numeral && endOf(before) === found?.startOffset) {
    const joined = before.image + after.image;
    const help = /^\d{3}(?!\d)/.test(after.image)
      ? `Write ${joined}.`
      : `Write ${before.image.replace('.', '')}.${after.image}.`;
    return at.say('A number has no comma.', help, before, after);
  }
  const isListed = before !== undefined && literals.has(before.tokenType) && isValueAlone(at, after);
  if (isListed && at.operator() === '=') {
    return at.say('= takes one value, not a list.', `Write ${at.field()} IN (${show(before)}, ${show(after)}).`);
  }
  const operator = at.operator();
  if (isListed && /^(CONTAINS|I?LIKE|STARTS WITH|ENDS WITH)$/.test(operator)) {
    const more = `${at.field()} ${at.denial()}${operator} ${show(after)}`;
    return at.say(
      `${operator} takes one value, not a list.`,
      `Write ${at.denial() === '' ? 'OR' : 'AND'} ${more} in place of the comma.`,
    );
  }
  return at.say('A comma does not join conditions.', 'Write AND or OR.');
}

/**
 * For a value where a condition should start, as in `name = 'a' OR 'b'`; null where it does not follow a comparison.
 * `at` is the place of the value.
 */
export function repeatField(at: Around, value: IToken | undefined): Diagnostic | null {
  const { before } = at;
  const last = at.tokens[at.index - 2];
  const isRepeated =
    before !== undefined && joints.has(before.tokenType) && last !== undefined && literals.has(last.tokenType);
  if (!isRepeated || value === undefined || !literals.has(value.tokenType)) return null;
  const [field, operator] = [at.field(), at.operator()];
  if (field === 'field') return null;
  const isEither = before.tokenType === T.Or && operator === '=';
  const [one, both] =
    operator === 'BETWEEN'
      ? [`${show(last)} AND ${show(value)}`, '']
      : [show(value), isEither ? `, or ${field} IN (${show(last)}, ${show(value)})` : ''];
  return at.say(
    `${show(before)} joins conditions, and ${show(value)} is none.`,
    `Write ${field} ${at.denial()}${operator} ${one}${both}.`,
    value,
  );
}

function isValueAlone(at: Around, token: IToken | undefined): boolean {
  return token !== undefined && literals.has(token.tokenType) && !isOperator(at.second());
}
