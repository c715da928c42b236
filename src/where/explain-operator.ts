/** What is said where a field should be followed by an operator. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { type Around, comparisons, isOperator, literals, otherClauses, show } from './around.ts';
import { calculated, isSign } from './explain-habit.ts';
import { repeatField } from './explain-left-over.ts';
import { nearestOperator, synonymOf, testOf } from './operator-words.ts';
import * as T from './tokens.ts';

export function missingOperator(at: Around): Diagnostic | null {
  const { before, found } = at;
  const field = show(before);
  if (at.index === 1 && otherClauses.test(field)) {
    const help = /^(where|if|when)$/i.test(field) ? `Take ${field} away.` : 'Write only what would stand behind WHERE.';
    return at.say(`A where holds conditions only, without ${field}.`, help, before);
  }
  if (at.endsHere()) return loneField(at, field);
  if (found?.tokenType === T.Null)
    return at.say(`An operator is missing before ${show(found)}.`, `Write ${field} IS NULL.`);
  if (found !== undefined && literals.has(found.tokenType)) {
    return at.say(`An operator is missing between ${field} and ${show(found)}.`, `Write ${field} = ${show(found)}.`);
  }
  if (found?.tokenType === T.Open) return called(at, field);
  return isSign(found) ? calculated(at) : otherOperator(at, field);
}

/** Words and signs that other languages have for operators. */
function otherOperator(at: Around, field: string): Diagnostic {
  const { found, after } = at;
  const word = found?.image ?? '';
  const say = (help: string): Diagnostic => at.say(`${show(found)} is no operator.`, help);
  if (/^(does|do|did)$/i.test(word) && after?.tokenType === T.Not) {
    const denied = operatorCalled(at.second()?.image ?? '') ?? 'CONTAINS';
    return say(`Write ${field} ${denied === '=' ? '!=' : `NOT ${denied}`} ${show(at.tokens[at.index + 3])}.`);
  }
  const test = testOf(word);
  if (test !== undefined) return say(`Write ${field} ${test}.`);
  const synonym = synonymOf(word) ?? (isOperator(after) ? undefined : nearestOperator(word));
  if (synonym !== undefined && synonym !== null) {
    const wildcards = synonym === 'LIKE' ? ', with % for any run of characters and _ for one' : '';
    return say(`Write ${field} ${synonym} …${wildcards}.`);
  }
  if (found?.tokenType === T.Word && isOperator(after)) {
    return say(`Put a name with blanks into backticks: \`${field} ${word}\`.`);
  }
  return say(
    'Operators are =, !=, <, <=, >, >=, IN, LIKE, ILIKE, BETWEEN, CONTAINS, STARTS WITH, ENDS WITH and IS NULL.',
  );
}

/** `active`, or the second text of `name = 'a' OR 'b'`. */
function loneField(at: Around, field: string): Diagnostic | null {
  const { before } = at;
  // Told already: what stands in parentheses after an operator is no condition.
  const open = at.openIndex();
  if (open > 0 && isOperator(at.tokens[open - 1])) return null;
  const isText = before?.tokenType === T.Text || before?.tokenType === T.DoubleQuoted;
  const repeated = isText ? repeatField(at.back(), before) : null;
  return (
    repeated ??
    at.say(
      `${field} has no operator and no value.`,
      isText
        ? `Write a condition: field = ${field}.`
        : `Write ${field} = 'text', ${field} = true or ${field} IS NOT NULL.`,
      before,
    )
  );
}

/** `lower(name)`, `startswith(name, 'x')`, `name.contains('x')`, `stage (1, 2)`. */
function called(at: Around, name: string): Diagnostic {
  const { before, after } = at;
  const say = (help: string): Diagnostic => at.say(`${name} is no function; now() is the only one.`, help, before);
  const [first, separator, second] = at.tokens.slice(at.index + 1, at.index + 4);
  const steps = name.split('.');
  const method = steps.length > 1 ? operatorCalled(steps.at(-1) ?? '') : undefined;
  if (method !== undefined) return say(`Write ${steps.slice(0, -1).join('.')} ${method} ${show(first)}.`);
  const operator = operatorCalled(name);
  if (operator !== undefined && separator?.tokenType === T.Comma)
    return say(`Write ${show(first)} ${operator} ${show(second)}.`);
  const test = testOf(name);
  if (test !== undefined) return say(`Write ${show(first)} ${test}.`);
  if (/^(today|current_date|sysdate|getdate)$/i.test(name)) return say("Write a day, '2026-01-31', or now().");
  if (/^(lower|upper|lcase|ucase)$/i.test(name))
    return say(`Write ${show(first)} ILIKE …, which compares without case.`);
  if (/^to(lower|upper)case$/i.test(steps.at(-1) ?? ''))
    return say(`Write ${steps.slice(0, -1).join('.')} ILIKE …, which compares without case.`);
  const isList = after !== undefined && literals.has(after.tokenType);
  return say(isList ? `Write ${name} IN (…) for a list.` : 'Compare the field itself.');
}

function operatorCalled(word: string): string | undefined {
  return synonymOf(word) ?? nearestOperator(word) ?? undefined;
}

export function missingNegatable(at: Around): Diagnostic {
  const { found } = at;
  const field = show(at.tokens[at.index - 2]);
  if (found !== undefined && comparisons.has(found.tokenType)) {
    const help = found.tokenType === T.Equal ? `Write ${field} != ….` : `Write NOT ${field} ${show(found)} ….`;
    return at.say(`NOT cannot stand before ${show(found)}.`, help, at.before, found);
  }
  const isEqual = found !== undefined && (literals.has(found.tokenType) || synonymOf(found.image) === '=');
  if (isEqual && !at.endsHere()) {
    const value = literals.has(found.tokenType) ? found : at.after;
    return at.say(`${show(found)} cannot follow NOT here.`, `Write ${field} != ${show(value)}.`);
  }
  if (found?.tokenType === T.Null)
    return at.say('NOT NULL needs IS before it.', `Write ${field} IS NOT NULL.`, at.before, found);
  return at.say(
    at.endsHere() ? 'NOT has no operator after it.' : `${show(found)} cannot follow NOT here.`,
    `After ${field} NOT comes IN, LIKE, ILIKE, BETWEEN, CONTAINS, STARTS WITH or ENDS WITH.`,
  );
}
