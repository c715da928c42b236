/** What is said where an operator should be followed by a value, a list or a word of its own. */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { type Around, comparisons, isOperator, joints, literals, nameTokens, show } from './around.ts';
import { leftOver } from './explain-left-over.ts';
import { printText } from './print.ts';
import * as T from './tokens.ts';

const misspelt: Readonly<Record<string, string>> = {
  '=>': '>=',
  '=<': '<=',
  '><': '!=',
  '===': '=',
  '!==': '!=',
  '<=>': '=',
};

export function missingValue(at: Around): Diagnostic {
  const { before, found } = at;
  const field = at.field();
  if (before?.tokenType === T.Open && found?.tokenType === T.Close)
    return at.say('The list is empty.', `Write at least one value: ${field} IN ('text').`, before, found);
  if (found?.tokenType === T.Comma)
    return at.say('A comma has no value before it.', 'Add one, or take the comma away.');
  if (before?.tokenType === T.Comma && at.endsHere())
    return at.say('The list ends with a comma.', 'Add a value after it, or take it away.', before);
  const operator = at.operator();
  if (at.endsHere())
    return at.say(
      `${operator} has no value.`,
      `Write the value after it: ${field} ${operator} ${exampleFor(operator)}.`,
      before,
    );
  const odd = oddComparison(at, field);
  if (odd !== null) return odd;
  if (found?.tokenType === T.Open) return parenthesised(at, field, operator);
  if (found?.tokenType === T.Not)
    return at.say(
      `NOT cannot stand after ${operator}.`,
      `Write ${operator === '=' ? `${field} != …` : `NOT ${field} ${operator} …`}.`,
    );
  if (isOperator(found)) return twoOperators(at, operator);
  return at.say(
    `${show(found)} is no value.`,
    "Values are 'text', numbers, true, false, instants, :parameters and now().",
  );
}

/** `=>`, `===` and others of two tokens. */
function oddComparison(at: Around, field: string): Diagnostic | null {
  const { before, found, after } = at;
  if (before === undefined || found === undefined || !comparisons.has(found.tokenType)) return null;
  const joined = before.image + found.image;
  const meant = misspelt[joined];
  if (meant === undefined) return null;
  const help = after?.tokenType === T.Null ? `${field} IS ${meant === '!=' ? 'NOT ' : ''}NULL` : meant;
  return at.say(`${joined} is no operator.`, `Write ${help}.`, before, found);
}

/** `BETWEEN (1, 5)`, `= (5, 6)`. */
function parenthesised(at: Around, field: string, operator: string): Diagnostic {
  if (at.before?.tokenType === T.Between) {
    const [low, , high] = at.tokens.slice(at.index + 1, at.index + 4);
    return at.say('BETWEEN takes no parentheses.', `Write ${field} BETWEEN ${show(low)} AND ${show(high)}.`);
  }
  const isOne = at.second()?.tokenType === T.Close;
  const help = isOne ? `${field} ${operator} ${show(at.after)}` : `${field} IN (…) for a list`;
  return at.say(`${operator} takes one value, not a list.`, `Write ${help}.`);
}

function twoOperators(at: Around, operator: string): Diagnostic {
  const next = show(at.found);
  return at.say(
    `${operator} is followed by ${next} instead of a value.`,
    isItem(at.after) ? 'Take one of the two away.' : `Write text in quotes: ${printText(next)}.`,
  );
}

export function missingList(at: Around): Diagnostic {
  const item = isItem(at.found) ? `${show(at.found)}${at.after?.tokenType === T.Comma ? ', …' : ''}` : "'a', 'b'";
  return at.say('IN takes its values in parentheses.', `Write ${at.field()} IN (${item}).`, at.before);
}

export function missingClose(at: Around): Diagnostic | null {
  const { found } = at;
  const open = at.openIndex();
  if (open < 0) return null;
  const isList = at.tokens[open - 1]?.tokenType === T.In;
  const first = at.tokens[open + 1];
  if (isList && /^(select|with)$/i.test(first?.image ?? ''))
    return at.say(`A list holds values, no ${show(first)}.`, "Write the values themselves: IN ('a', 'b').", first);
  if (isList && isItem(found)) {
    return at.say(`A comma is missing before ${show(found)}.`, 'Put a comma between the values of a list.');
  }
  if (isList && found !== undefined && joints.has(found.tokenType) && isItem(at.after) && !isOperator(at.second())) {
    return at.say(`${show(found)} stands in a list.`, 'Put a comma between the values of a list.');
  }
  if (isList || found === undefined) {
    const what = isList ? 'list' : 'parenthesis';
    return at.say(
      `The ${what} is not closed.`,
      found === undefined ? 'Add ) at the end.' : `Add ) before ${show(found)}.`,
      at.tokens[open],
    );
  }
  return leftOver(at);
}

export function missingBetweenAnd(at: Around): Diagnostic {
  const low = show(at.before);
  const high = isItem(at.after) ? show(at.after) : '…';
  return at.say(
    'BETWEEN takes two values joined by AND.',
    `Write ${at.field()} ${at.denial()}BETWEEN ${low} AND ${high}.`,
  );
}

export function missingWith(at: Around): Diagnostic {
  return at.say(
    `${show(at.before)} needs WITH after it.`,
    `Write ${at.field()} ${show(at.before).toUpperCase()} WITH 'text'.`,
    at.before,
  );
}

export function missingNull(at: Around): Diagnostic {
  const { found, before } = at;
  const field = at.field();
  const not = before?.tokenType === T.Not;
  const say = (help: string): Diagnostic => at.say('IS goes with NULL only.', help);
  const word = found?.tokenType === T.Word ? found.image : '';
  if (/^(empty|blank|missing)$/i.test(word)) {
    return say(`Write ${field} IS ${not ? 'NOT ' : ''}NULL, or ${field} ${not ? '!=' : '='} '' for empty text.`);
  }
  const isDenied = not || /^not/i.test(word);
  if (word !== '' && nearestName(word.replace(/^not/i, ''), ['NULL', 'NIL', 'NONE', 'UNDEFINED']) !== null) {
    return say(`Write ${field} IS ${isDenied ? 'NOT ' : ''}NULL.`);
  }
  if (isItem(found)) return say(`Write ${field} ${not ? '!=' : '='} ${word === '' ? show(found) : printText(word)}.`);
  return at.say(`${not ? 'IS NOT' : 'IS'} needs NULL after it.`, `Write ${field} IS ${not ? 'NOT ' : ''}NULL.`, before);
}

function exampleFor(operator: string): string {
  if (operator === 'LIKE' || operator === 'ILIKE') return "'text%'";
  return operator === 'BETWEEN' ? '1 AND 5' : "'text'";
}

/** A value, or a name that was meant as one. */
function isItem(token: IToken | undefined): boolean {
  return token !== undefined && (literals.has(token.tokenType) || nameTokens.has(token.tokenType));
}
