/**
 * Says in words what is wrong where the parser stopped: what was found, what could stand there, what to write.
 * The parser gives the place and what it expected; everything else is read off the tokens around.
 */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Around, comparisons, isOperator, joints, literals, nameTokens, show } from './around.ts';
import { shorten } from './diagnose-tokens.ts';
import { printField, printText } from './print.ts';
import { endOf } from './read-token.ts';
import * as T from './tokens.ts';

export interface Expectation {
  /** A token’s name, `alternative` where several could stand, or `EOF`. */
  readonly name: string;
  readonly rule: string;
}

/** Operators of other languages, by their name in capitals. */
const synonyms: Readonly<Record<string, string>> = {
  EQ: '=',
  EQUALS: '=',
  NE: '!=',
  NEQ: '!=',
  GT: '>',
  GE: '>=',
  GTE: '>=',
  LT: '<',
  LE: '<=',
  LTE: '<=',
  HAS: 'CONTAINS',
  INCLUDES: 'CONTAINS',
  CONTAIN: 'CONTAINS',
  STARTSWITH: 'STARTS WITH',
  BEGINS: 'STARTS WITH',
  ENDSWITH: 'ENDS WITH',
  MATCHES: 'LIKE',
  REGEXP: 'LIKE',
  RLIKE: 'LIKE',
};
const misspelt: Readonly<Record<string, string>> = {
  '=>': '>=',
  '=<': '<=',
  '><': '!=',
  '===': '=',
  '!==': '!=',
  '<=>': '=',
};
const otherClauses = /^(order|sort|limit|offset|group|having|select|from|where|page)$/i;

/**
 * A diagnostic for the token at `index`, which is the number of tokens where the text ended too early; null where the
 * parser stumbles over its own repair.
 */
export function explain(tokens: readonly IToken[], index: number, expected: Expectation): Diagnostic | null {
  const at = new Around(tokens, index);
  switch (expected.name) {
    case 'alternative':
      if (expected.rule !== 'predicate') return missingField(at);
      return at.before?.tokenType === T.Not ? missingNegatable(at) : missingOperator(at);
    case 'Value':
      return missingValue(at);
    case 'Open':
      return missingList(at);
    case 'Close':
      return missingClose(at);
    case 'And':
      return missingBetweenAnd(at);
    case 'With':
      return missingWith(at);
    case 'Null':
      return missingNull(at);
    default:
      return leftOver(at);
  }
}

function missingField(at: Around): Diagnostic {
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
  if (isOperator(found))
    return at.say(`${show(found)} has no field before it.`, `Write the field first: field ${show(found)} ….`);
  if (found?.tokenType === T.Comma) return comma(at);
  if (found?.tokenType === T.Loose) {
    return at.say(`${show(found)} is no plain name.`, `Put it in backticks: ${printField(shorten(found.image))}.`);
  }
  const flipped = after !== undefined && comparisons.has(after.tokenType) ? turnedRound(at, found, after) : null;
  return at.say(
    `A condition starts with a field, not with ${show(found)}.`,
    flipped ?? `Write the field first: field = ${show(found)}.`,
  );
}

function missingOperator(at: Around): Diagnostic {
  const { before, found, after } = at;
  const field = show(before);
  if (at.index === 1 && otherClauses.test(field)) {
    const help = /^where$/i.test(field) ? `Take ${field} away.` : 'Write only what would stand behind WHERE.';
    return at.say(`A where holds conditions only, without ${field}.`, help, before);
  }
  if (at.endsHere())
    return at.say(
      `${field} has no operator and no value.`,
      `Write ${field} = 'text', for example, or ${field} IS NOT NULL.`,
      before,
    );
  if (found?.tokenType === T.Null)
    return at.say(`An operator is missing before ${show(found)}.`, `Write ${field} IS NULL.`);
  if (found !== undefined && literals.has(found.tokenType)) {
    return at.say(`An operator is missing between ${field} and ${show(found)}.`, `Write ${field} = ${show(found)}.`);
  }
  if (found?.tokenType === T.Open) {
    const isList = after !== undefined && literals.has(after.tokenType);
    const help = isList ? `Write ${field} IN (…) for a list.` : 'Compare the field itself.';
    return at.say(`${field} is no function; now() is the only one.`, help, before);
  }
  const word = found?.tokenType === T.Word ? found.image : '';
  const synonym = synonyms[word.toUpperCase()];
  if (synonym !== undefined) {
    const wildcards = synonym === 'LIKE' ? ', with % for any run of characters and _ for one' : '';
    return at.say(`${word} is no operator.`, `Write ${field} ${synonym} …${wildcards}.`);
  }
  if (word !== '' && isOperator(after)) {
    return at.say(`${word} is no operator.`, `Put a name with blanks into backticks: \`${field} ${word}\`.`);
  }
  return at.say(
    `${show(found)} is no operator.`,
    'Operators are =, !=, <, <=, >, >=, IN, LIKE, ILIKE, BETWEEN, CONTAINS, STARTS WITH, ENDS WITH and IS NULL.',
  );
}

function missingNegatable(at: Around): Diagnostic {
  const { found } = at;
  const field = show(at.tokens[at.index - 2]);
  if (found !== undefined && comparisons.has(found.tokenType)) {
    const help = found.tokenType === T.Equal ? `Write ${field} != ….` : `Write NOT ${field} ${show(found)} ….`;
    return at.say(`NOT cannot stand before ${show(found)}.`, help, at.before, found);
  }
  if (found?.tokenType === T.Null)
    return at.say('NOT NULL needs IS before it.', `Write ${field} IS NOT NULL.`, at.before, found);
  return at.say(
    at.endsHere() ? 'NOT has no operator after it.' : `${show(found)} cannot follow NOT here.`,
    `After ${field} NOT comes IN, LIKE, ILIKE, BETWEEN, CONTAINS, STARTS WITH or ENDS WITH.`,
  );
}

function missingValue(at: Around): Diagnostic {
  const { before, found } = at;
  const field = at.field();
  if (before?.tokenType === T.Open && found?.tokenType === T.Close)
    return at.say('The list is empty.', `Write at least one value: ${field} IN ('text').`, before, found);
  if (before?.tokenType === T.Comma && at.endsHere())
    return at.say('The list ends with a comma.', 'Add a value after it, or take it away.', before);
  const operator = at.operator();
  if (at.endsHere())
    return at.say(
      `${operator} has no value.`,
      `Write the value after it: ${field} ${operator} ${exampleFor(operator)}.`,
      before,
    );
  if (before !== undefined && found !== undefined && comparisons.has(found.tokenType)) {
    const joined = before.image + found.image;
    const meant = misspelt[joined];
    if (meant !== undefined) return at.say(`${joined} is no operator.`, `Write ${meant}.`, before, found);
  }
  if (found?.tokenType === T.Open) {
    const isOne = at.tokens[at.index + 2]?.tokenType === T.Close;
    const help = isOne ? `${field} ${operator} ${show(at.after)}` : `${field} IN (…) for a list`;
    return at.say(`${operator} takes one value, not a list.`, `Write ${help}.`);
  }
  if (found?.tokenType === T.Not)
    return at.say(
      `NOT cannot stand after ${operator}.`,
      `Write ${operator === '=' ? `${field} != …` : `NOT ${field} ${operator} …`}.`,
    );
  if (isOperator(found))
    return at.say(
      `${operator} is followed by ${show(found)} instead of a value.`,
      `Write text in quotes: ${printText(show(found))}.`,
    );
  return at.say(
    `${show(found)} is no value.`,
    "Values are 'text', numbers, true, false, instants, :parameters and now().",
  );
}

function missingList(at: Around): Diagnostic {
  const item = isItem(at.found) ? `${show(at.found)}${at.after?.tokenType === T.Comma ? ', …' : ''}` : "'a', 'b'";
  return at.say('IN takes its values in parentheses.', `Write ${at.field()} IN (${item}).`, at.before);
}

function missingClose(at: Around): Diagnostic | null {
  const { found } = at;
  const open = at.openIndex();
  if (open < 0) return null;
  const isList = at.tokens[open - 1]?.tokenType === T.In;
  if (isList && isItem(found)) {
    return at.say(`A comma is missing before ${show(found)}.`, 'Put a comma between the values of a list.');
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

function missingBetweenAnd(at: Around): Diagnostic {
  const low = show(at.before);
  return at.say('BETWEEN takes two values joined by AND.', `Write ${at.field()} BETWEEN ${low} AND ….`);
}

function missingWith(at: Around): Diagnostic {
  return at.say(
    `${show(at.before)} needs WITH after it.`,
    `Write ${at.field()} ${show(at.before).toUpperCase()} WITH 'text'.`,
    at.before,
  );
}

function missingNull(at: Around): Diagnostic {
  const { found, before } = at;
  const field = at.field();
  const not = before?.tokenType === T.Not;
  if (found !== undefined && /^(empty|blank|missing)$/i.test(found.image)) {
    return at.say(
      'IS goes with NULL only.',
      `Write ${field} IS ${not ? 'NOT ' : ''}NULL, or ${field} ${not ? '!=' : '='} '' for empty text.`,
    );
  }
  if (isItem(found)) {
    const value = found?.tokenType === T.Word ? printText(found.image) : show(found);
    return at.say('IS goes with NULL only.', `Write ${field} ${not ? '!=' : '='} ${value}.`);
  }
  return at.say(`${not ? 'IS NOT' : 'IS'} needs NULL after it.`, `Write ${field} IS ${not ? 'NOT ' : ''}NULL.`, before);
}

function leftOver(at: Around): Diagnostic {
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
  if (/^escape$/i.test(image)) {
    return at.say('LIKE needs no ESCAPE.', 'Write \\% and \\_ for the characters themselves.');
  }
  if (comparisons.has(found.tokenType)) return chained(at, found);
  if (before?.tokenType === T.Now && /^[-+]/.test(image)) {
    return at.say(
      'now() is moved by a number with a unit.',
      'Write now() - 7d; units are ms, s, m, h, d and w.',
      found,
      after ?? found,
    );
  }
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
    return at.say('Text with blanks needs quotes.', `Write ${printText(at.words())}.`, before, found);
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

/** `a > 1 < 5`, or `a = b = c`. */
function chained(at: Around, found: IToken): Diagnostic {
  const field = at.field();
  const help = `Write ${field} ${at.operator()} ${show(at.before)} AND ${field} ${show(found)} ${show(at.after)}.`;
  return at.say('A condition has one comparison.', help);
}

function comma(at: Around): Diagnostic {
  return at.say('A comma does not join conditions.', 'Write AND or OR.');
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

function emptyParentheses(found: IToken | undefined): [string, string] {
  if (found?.tokenType === T.Close)
    return ['The parentheses are empty.', 'Write a condition into them, or take them away.'];
  if (found === undefined) return ['The parenthesis is not closed.', 'Write a condition and ) after it.'];
  return [`The parenthesis starts with ${show(found)}.`, `Take ${show(found)} away, or add a condition before it.`];
}

function exampleFor(operator: string): string {
  if (operator === 'LIKE' || operator === 'ILIKE') return "'text%'";
  return operator === 'BETWEEN' ? '1 AND 5' : "'text'";
}

/** A value, or a name that was meant as one. */
function isItem(token: IToken | undefined): boolean {
  return token !== undefined && (literals.has(token.tokenType) || nameTokens.has(token.tokenType));
}
