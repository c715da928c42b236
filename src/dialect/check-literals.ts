/** Literals that could be left by a value, or that cannot say what they claim. */
import type { DateLiteral, Dialect, TextLiteral, TimestampLiteral } from '../definition/dialect.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { isZone } from '../where/zone.ts';
import { contradiction, pointerTo } from './contradiction.ts';
import { isPattern } from './instant-text.ts';
import { operatorTables } from './operator-tables.ts';
import { quotes } from './text-literal.ts';

const textTypes = ['text', 'enum', 'id'] as const;

export function checkLiterals(dialect: Dialect): Diagnostic[] {
  const { literals } = dialect;
  const allowed = dialect.field?.allowed;
  return [
    ...(allowed === undefined || isRegExp(allowed) ? [] : [badRegExp('/field/allowed', allowed)]),
    ...textTypes.flatMap((type) => {
      const literal = literals[type];
      return literal === undefined ? [] : checkText(literal, pointerTo('/literals', type), dialect);
    }),
    ...operatorLiterals(dialect).flatMap(({ literal, pointer }) => checkText(literal, pointer, dialect)),
    ...(literals.timestamp === undefined ? [] : checkTimestamp(literals.timestamp, dialect)),
    ...(literals.date === undefined ? [] : checkFormat(literals.date, 'day', '/literals/date', dialect)),
  ];
}

/** Literals that operators write otherwise, also those of one field, merged over those they change. */
function operatorLiterals(dialect: Dialect): { literal: TextLiteral; pointer: string }[] {
  return operatorTables(dialect).flatMap(([table, operators]) =>
    Object.entries(operators).flatMap(([name, { literals = {} }]) =>
      textTypes.flatMap((type) => {
        const own = literals[type];
        if (own === undefined) return [];
        const base = dialect.literals[type] ?? dialect.literals.text ?? {};
        return [{ literal: { ...base, ...own }, pointer: pointerTo(table, name, 'literals', type) }];
      }),
    ),
  );
}

function checkText(literal: TextLiteral, pointer: string, dialect: Dialect): Diagnostic[] {
  const { forbidden, escape: pairs = [] } = literal;
  if (forbidden !== undefined && !isRegExp(forbidden)) return [badRegExp(`${pointer}/forbidden`, forbidden)];
  const isForbidden = forbids(forbidden);
  const twice = pairs
    .filter(([from]) => from !== '' && isForbidden(from))
    .map(([from]) =>
      contradiction(`${pointer}/escape`, `${JSON.stringify(from)} is escaped and forbidden.`, 'Keep one of the two.'),
    );
  const isBare = dialect.builder === 'text' && literal.quote === undefined && forbidden === undefined;
  const bare = contradiction(
    pointer,
    'Text stands without quotes, and no character is forbidden in it.',
    'Add quotes, or forbid what the language reads as its own.',
  );
  return [...twice, ...checkHeld(literal, pointer, dialect, isForbidden), ...(isBare ? [bare] : [])];
}

/** Alone, first, last and inside: a rule about whole values is none about what a value holds. */
function forbids(forbidden: string | undefined): (text: string) => boolean {
  if (forbidden === undefined) return () => false;
  const pattern = new RegExp(forbidden, 'u');
  return (text) => [text, `x${text}`, `${text}x`, `x${text}x`].every((value) => pattern.test(value));
}

/** What means something in a literal, and which a value may hold all the same. */
function checkHeld(
  literal: TextLiteral,
  pointer: string,
  { builder }: Dialect,
  isForbidden: (text: string) => boolean,
): Diagnostic[] {
  const { escape: pairs = [], wildcards } = literal;
  const jokers = [wildcards?.any ?? '', wildcards?.one ?? ''];
  const isKept = (text: string): boolean => isForbidden(text) || pairs.some(([from]) => from === text);
  // Of several characters, one that is kept from a value keeps the whole from it.
  const isHeld = (text: string): boolean => text !== '' && !isKept(text) && ![...text].some(isKept);
  const ends = builder === 'tree' ? [] : quotes(literal);
  // An escape that begins with another character than the one it stands for makes that character special.
  const leads = pairs.flatMap(([from, to]) => (to.startsWith(from) ? [] : [to.charAt(0)]));
  const say = (at: string, text: string, what: string): Diagnostic =>
    contradiction(at, `A value may hold ${JSON.stringify(text)} and so ${what}.`, 'Escape it, or forbid it.');
  return [
    ...[...new Set(ends)].filter(isHeld).map((text) => say(pointer, text, 'end the literal')),
    ...jokers.filter(isHeld).map((text) => say(pointer, text, 'match other text')),
    ...[...new Set(leads)].filter(isHeld).map((text) => say(`${pointer}/escape`, text, 'escape what follows')),
  ];
}

function checkTimestamp(literal: TimestampLiteral, dialect: Dialect): Diagnostic[] {
  const pointer = '/literals/timestamp';
  const { zone = 'UTC', format, unit } = literal;
  const wrong = checkFormat(literal, unit, pointer, dialect);
  if (!isZone(zone))
    wrong.push(
      contradiction(`${pointer}/zone`, `No time zone is called "${zone}".`, 'Use an IANA name such as Europe/Berlin.'),
    );
  if (zone !== 'UTC' && /'[^']*Z'/.test(format)) {
    wrong.push(
      contradiction(
        `${pointer}/format`,
        `The text says Z, which is UTC, and the zone is ${zone}.`,
        'Write the offset as XXX, or leave the zone out.',
      ),
    );
  }
  return wrong;
}

/** The tokens that a pattern needs to say each unit, from years down. */
const tokensOf = { day: ['yyyy', 'MM', 'dd'], min: ['HH', 'mm'], s: ['ss'], ms: ['SSS'] } as const;
const units = ['day', 'min', 's', 'ms'] as const;

function checkFormat(
  literal: TimestampLiteral | DateLiteral,
  unit: (typeof units)[number],
  pointer: string,
  dialect: Dialect,
): Diagnostic[] {
  const { format, as } = literal;
  if (!isPattern(format)) {
    return format === 'epoch-s' && unit === 'ms'
      ? [contradiction(`${pointer}/unit`, 'Epoch seconds do not say milliseconds.', 'Set the unit to s.')]
      : [];
  }
  const bare = format.replace(/'[^']*'/g, '');
  const needed = units.slice(0, units.indexOf(unit) + 1).flatMap((each) => tokensOf[each]);
  const missing = needed.filter((token) => !bare.includes(token));
  return [
    ...(missing.length === 0
      ? []
      : [
          contradiction(
            `${pointer}/format`,
            `The pattern lacks ${missing.join(', ')}, so it cannot say a ${unit}.`,
            'Add it, or set a coarser unit.',
          ),
        ]),
    ...(as === 'number' && dialect.builder === 'tree'
      ? [contradiction(`${pointer}/as`, 'A pattern is not a number.', 'Leave "as" out, or use an epoch.')]
      : []),
  ];
}

export function isRegExp(source: string): boolean {
  try {
    return new RegExp(source, 'u') !== null;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function badRegExp(pointer: string, source: string): Diagnostic {
  return contradiction(
    pointer,
    `${source} is no regular expression.`,
    'Write it as JavaScript reads it with the flag u.',
  );
}
