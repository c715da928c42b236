/**
 * The traps of a cursor: all are stated, by the schema. Here they must not contradict each other, the field or the way of
 * paging, for then one of them is open and events fall through it.
 */
import type { CursorTraps, Detection } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import { carriesOffset } from '../dialect/instant-text.ts';
import type { Fields } from '../where/ast.ts';
import type { Findings } from './findings.ts';
import { isZone } from './link-fields.ts';

/** A detection that goes by time. */
type Timed = Extract<Detection, { cursor: CursorTraps }>;

interface Contradiction {
  /** Below the detection. */
  readonly at: string;
  readonly message: string;
  readonly help: string;
}

const unitSeconds: Readonly<Record<CursorTraps['granularity'], number>> = { ms: 0.001, s: 1, min: 60, day: 86_400 };
/** Pages that are counted, so that what is edited or deleted meanwhile moves those behind it. */
const counted: ReadonlySet<string> = new Set(['page-number', 'offset']);

export function checkCursor(
  definition: Timed,
  { fields, dialect }: { readonly fields: Fields; readonly dialect: Dialect | null },
  pointer: string,
  findings: Findings,
): void {
  if (!isZone(definition.cursor.zone)) {
    findings.add({
      code: 'connector-schema',
      message: `"${definition.cursor.zone}" is no time zone.`,
      help: 'Zones have IANA names, for example America/Los_Angeles.',
      pointer: `${pointer}/cursor/zone`,
    });
  }
  const found = [
    ...granularity(definition, fields),
    ...zone(definition, dialect),
    ...overlap(definition),
    ...order(definition),
    ...pageCursor(definition),
    ...cap(definition),
    ...windows(definition),
  ];
  for (const { at, message, help } of found) {
    findings.add({ code: 'connector-cursor-contradiction', message, help, pointer: `${pointer}/${at}` });
  }
}

/** A bound is written in the field's step and a window moves in the cursor's: different steps would leave gaps. */
function granularity({ cursor }: Timed, fields: Fields): readonly Contradiction[] {
  const field = fields.get(cursor.field);
  if (field === undefined || cursor.granularity === field.granularity) return [];
  return [
    {
      at: 'cursor/granularity',
      message: `The cursor has the granularity ${cursor.granularity}, its field "${field.name}" has ${field.granularity}.`,
      help: `State the vendor's own step in both: "granularity" of fields.${field.name} is ms when it is left out.`,
    },
  ];
}

/** Bounds without an offset mean another time in another zone. Without a where the request writes them itself, in UTC. */
function zone(definition: Timed, dialect: Dialect | null): readonly Contradiction[] {
  const isPushed = 'where' in definition && definition.where !== undefined && definition.pushdown !== false;
  const literal = dialect?.literals.timestamp;
  if (!isPushed || literal === undefined || carriesOffset(literal) || !isZone(definition.cursor.zone)) return [];
  const written = literal.zone ?? 'UTC';
  if (written === definition.cursor.zone) return [];
  return [
    {
      at: 'cursor/zone',
      message: `The cursor has the zone ${definition.cursor.zone}, and the dialect writes bounds in ${written}, without an offset.`,
      help: `Make them one: "zone" of the cursor, and of literals.timestamp in the dialect.`,
    },
  ];
}

function overlap({ cursor }: Timed): readonly Contradiction[] {
  if (cursor.overlapSeconds >= unitSeconds[cursor.granularity]) return [];
  return [
    {
      at: 'cursor/overlapSeconds',
      message: `An overlap of ${cursor.overlapSeconds} s is less than one step of the cursor, ${cursor.granularity}.`,
      help: 'Records of the step in which a window ended would be lost: make overlapSeconds at least one step.',
    },
  ];
}

function order(definition: Timed): readonly Contradiction[] {
  const { strategy, cursor, page } = definition;
  const at = 'cursor/sorted';
  if (strategy === 'newest-first' && cursor.sorted) {
    const message = 'The list comes newest first, and the cursor says that it comes in ascending order.';
    return [{ at, message, help: 'Set sorted to false.' }];
  }
  if (strategy === 'keyset' && !cursor.sorted) {
    const message =
      'Each page is asked for from the last record of the one before, and the cursor says that there is no order.';
    return [
      { at, message, help: 'Ask for ascending order by the cursor field and then the tie, and set sorted to true.' },
    ];
  }
  if (strategy === 'watermark' && counted.has(page.kind) && !cursor.sorted) {
    const message =
      'Pages are counted and in no order: a record that is edited meanwhile moves others to a page that was read.';
    return [
      { at, message, help: 'Ask for ascending order by the cursor field and set sorted to true, or page by a cursor.' },
    ];
  }
  if (strategy === 'watermark' && counted.has(page.kind) && definition.walk === undefined) {
    const message =
      'Pages are counted: among records of one time, one that is edited meanwhile moves others to a page that was read.';
    return [
      { at: 'page/kind', message, help: 'Add "walk": records of one time are then walked by id. Or page by a cursor.' },
    ];
  }
  if (strategy === 'server-watermark' && counted.has(page.kind)) {
    const message = 'Pages are counted: a record that is edited meanwhile moves others to a page that was read.';
    return [
      {
        at: 'page/kind',
        message,
        help: 'Page by a cursor or a link, or use the watermark strategy in ascending order.',
      },
    ];
  }
  return [];
}

function pageCursor({ cursor, page }: Timed): readonly Contradiction[] {
  if (cursor.pageCursorSeconds === 0 || !(counted.has(page.kind) || page.kind === 'none')) return [];
  return [
    {
      at: 'cursor/pageCursorSeconds',
      message: `A poll that broke off cannot go on at its page with pages of the kind "${page.kind}": records have moved meanwhile.`,
      help: 'Set pageCursorSeconds to 0: the window is then read from its start.',
    },
  ];
}

/** A window that hits the cap is cut in two, or gone on with from the time of its last record. */
function cap(definition: Timed): readonly Contradiction[] {
  const { strategy, cursor } = definition;
  if (cursor.cap === null) return [];
  if (strategy === 'keyset' && cursor.cap < definition.size) {
    const message = `A page of ${definition.size} records is full, and the vendor yields no more than ${cursor.cap}.`;
    return [{ at: 'cursor/cap', message, help: 'Make size no more than the cap.' }];
  }
  if (strategy !== 'watermark' || cursor.sorted || bindsUntil(definition)) return [];
  return [
    {
      at: 'cursor/cap',
      message: 'A window that hits the cap has no upper bound to move, and its records come in no order.',
      help: `Bound it with AND ${cursor.field} < :until, or ask for ascending order and set sorted to true.`,
    },
  ];
}

function bindsUntil({ where, pushdown = true, request }: Extract<Detection, { strategy: 'watermark' }>): boolean {
  return (pushdown && where.includes(':until')) || JSON.stringify(request).includes('{until}');
}

/** How far a window reaches against what the vendor takes and remembers. */
function windows(definition: Timed): readonly Contradiction[] {
  const { cursor, everySeconds = 60 } = definition;
  const found: Contradiction[] = [];
  const unit = unitSeconds[cursor.granularity];
  if ('maxWindowSeconds' in definition && (definition.maxWindowSeconds ?? unit) < unit) {
    const message = `A window of ${definition.maxWindowSeconds} s is less than one step of the cursor, ${cursor.granularity}.`;
    found.push({ at: 'maxWindowSeconds', message, help: 'Make it at least one step.' });
  }
  if (
    'minWindowSeconds' in definition &&
    (definition.minWindowSeconds ?? 0) > (definition.maxWindowSeconds ?? Infinity)
  ) {
    const message = `The narrowest window, ${definition.minWindowSeconds} s, is wider than the widest: nothing is ever asked for.`;
    found.push({ at: 'minWindowSeconds', message, help: 'Make maxWindowSeconds at least as much.' });
  }
  const needed = cursor.settleSeconds + cursor.overlapSeconds + everySeconds;
  if ('retentionSeconds' in definition && (definition.retentionSeconds ?? needed) < needed) {
    found.push({
      at: 'retentionSeconds',
      message: `The vendor remembers ${definition.retentionSeconds} s, and every poll asks back as far as ${needed} s: each would be a gap.`,
      help: 'Make everySeconds, overlapSeconds and settleSeconds together less than what the vendor remembers.',
    });
  }
  return found;
}
