/** What is said where a condition should start. */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { type Around, comparisons, isOperator, joints, literals, nameTokens, show } from './around.ts';
import { comma, repeatField } from './explain-left-over.ts';
import { nearestOperator } from './operator-words.ts';
import { printField, shorten } from './print.ts';
import * as T from './tokens.ts';

export function missingField(at: Around): Diagnostic | null {
  const { before, found, after } = at;
  if (at.endsHere()) {
    if (before === undefined)
      return at.say(`A where cannot start with ${show(found)}.`, "Start with a condition: field = 'text'.");
    if (before.tokenType === T.Open) return at.say(...emptyParentheses(found), before);
    if (found !== undefined && joints.has(found.tokenType)) {
      return at.say(
        `${show(found)} follows ${show(before)} with no condition between them.`,
        'Take one of them away, or add a condition.',
      );
    }
    return at.say(`${show(before)} has no condition after it.`, `Add one, or take ${show(before)} away.`, before);
  }
  if (isOperator(found)) return operatorFirst(at);
  if (found?.tokenType === T.Comma) return comma(at);
  if (found?.tokenType === T.Loose) return oddName(at, found);
  if (after !== undefined && comparisons.has(after.tokenType)) {
    return at.say(
      `A condition starts with a field, not with ${show(found)}.`,
      turnedRound(at, found, after) ?? alwaysTrue(at) ?? `Write the field first: field = ${show(found)}.`,
    );
  }
  if (followsMisspeltBetween(at)) return null;
  return (
    repeatField(at, found) ??
    at.say(
      `A condition starts with a field, not with ${show(found)}.`,
      `Write the field first: field = ${show(found)}.`,
    )
  );
}

/** `CONTAINS(name, 'x')`, or just no field. */
function operatorFirst(at: Around): Diagnostic {
  const operator = show(at.found);
  const [open, name, separator, value] = at.tokens.slice(at.index + 1, at.index + 5);
  const isCall = open?.tokenType === T.Open && separator?.tokenType === T.Comma;
  if (isCall && name !== undefined && nameTokens.has(name.tokenType)) {
    const word = operator === 'STARTS' || operator === 'ENDS' ? `${operator} WITH` : operator;
    return at.say(`${operator} stands between a field and a value.`, `Write ${show(name)} ${word} ${show(value)}.`);
  }
  const field = at.before !== undefined && joints.has(at.before.tokenType) ? at.field() : 'field';
  const given = at.after !== undefined && literals.has(at.after.tokenType) ? show(at.after) : '…';
  return at.say(`${operator} has no field before it.`, `Write the field first: ${field} ${operator} ${given}.`);
}

/** `name: 'x'`, or characters that bare names do not have. */
function oddName(at: Around, found: IToken): Diagnostic {
  const { after } = at;
  const isKey = found.image.endsWith(':') && after !== undefined && literals.has(after.tokenType);
  if (isKey) {
    const name = printField(shorten(found.image.slice(0, -1)));
    return at.say(': is no operator.', `Write ${name} = ${show(after)}.`);
  }
  if (found.image === '*') return at.say('* is no condition.', 'To take every record, leave the where out.');
  return at.say(`${show(found)} is no plain name.`, `Put it in backticks: ${printField(shorten(found.image))}.`);
}

/** The second value of `betwen 1 and 2`: the word itself has been told. */
function followsMisspeltBetween(at: Around): boolean {
  const word = at.tokens[at.index - 3];
  return at.before?.tokenType === T.And && word?.tokenType === T.Word && nearestOperator(word.image) === 'BETWEEN';
}

function turnedRound(at: Around, value: IToken | undefined, operator: IToken): string | null {
  const name = at.tokens[at.index + 2];
  if (value === undefined || name === undefined || !nameTokens.has(name.tokenType)) return null;
  const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
  const first = `${show(name)} ${mirrored[operator.image] ?? operator.image} ${show(value)}`;
  const second = at.tokens[at.index + 3];
  if (second === undefined || !comparisons.has(second.tokenType)) return `Turn it round: ${first}.`;
  return `Write ${first} AND ${show(name)} ${show(second)} ${show(at.tokens[at.index + 4])}.`;
}

/** `1 = 1`, as those write it who add more with AND. */
function alwaysTrue({ found, tokens, index }: Around): string | null {
  const isSame = found?.image === tokens[index + 2]?.image;
  return isSame ? 'Take it away; without a where every record is taken.' : null;
}

function emptyParentheses(found: IToken | undefined): [string, string] {
  if (found?.tokenType === T.Close)
    return ['The parentheses are empty.', 'Write a condition into them, or take them away.'];
  if (found === undefined) return ['The parenthesis is not closed.', 'Write a condition and ) after it.'];
  return [`The parenthesis starts with ${show(found)}.`, `Take ${show(found)} away, or add a condition before it.`];
}
