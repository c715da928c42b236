/** Bounds between two steps of a vendor go outward: down for lower bounds, up for upper ones. */
import type { TimestampLiteral } from '../definition/dialect.ts';
import type { Field } from '../where/ast.ts';
import { zoneOffsetMs } from '../where/zone.ts';
import { isPattern, saysOffset } from './instant-text.ts';

export type Unit = TimestampLiteral['unit'];
export type Direction = 'down' | 'up';

export const unitMs: Readonly<Record<Unit, number>> = { ms: 1, s: 1000, min: 60_000, day: 86_400_000 };

/** Four digits of year are all a pattern can say. */
const FIRST_LOCAL_MS = Date.parse('0000-01-01T00:00:00Z');
const PAST_LOCAL_MS = Date.parse('+010000-01-01T00:00:00Z');

/** True when the literal has a text for the instant. */
export function isSayable(epochMs: number, { format, zone = 'UTC' }: TimestampLiteral): boolean {
  if (!isPattern(format)) return true;
  const local = epochMs + zoneOffsetMs(epochMs, zone);
  return local >= FIRST_LOCAL_MS && local < PAST_LOCAL_MS;
}

/** The instant itself, or the first or the last step that the literal has a text for. */
export function cutToSayable(epochMs: number, literal: TimestampLiteral): number {
  if (isSayable(epochMs, literal)) return epochMs;
  const { unit, zone = 'UTC' } = literal;
  const localMs = epochMs < 0 ? FIRST_LOCAL_MS : PAST_LOCAL_MS - unitMs[unit];
  return localMs - zoneOffsetMs(localMs, zone);
}

/** The nearest instant at or outside of `epochMs` that is a step of both the field and the literal. */
export function widen(epochMs: number, direction: Direction, literal: TimestampLiteral, field: Field): number {
  const zone = literal.zone ?? 'UTC';
  const ofField = snap(epochMs, direction, field.granularity, field.zone);
  const ofLiteral = snap(ofField, direction, literal.unit, zone);
  return saysOffset(literal) ? ofLiteral : beyondReadings(ofLiteral, direction, literal.unit, zone);
}

/** True when the literal can say exactly this instant, and it reads as no other one. */
export function isAligned(epochMs: number, literal: TimestampLiteral, field: Field): boolean {
  return (
    isSayable(epochMs, literal) &&
    widen(epochMs, 'down', literal, field) === epochMs &&
    (saysOffset(literal) || readings(epochMs, literal.unit, literal.zone ?? 'UTC').length === 1)
  );
}

function snap(epochMs: number, direction: Direction, unit: Unit, zone: string): number {
  const step = unitMs[unit];
  const round = direction === 'down' ? Math.floor : Math.ceil;
  // Offsets are whole minutes: only days depend on the zone.
  if (unit !== 'day') return round(epochMs / step) * step;
  const local = epochMs + zoneOffsetMs(epochMs, zone);
  // Where clocks skip midnight, the first instant of the day reads as later than that, and is on a step all the same.
  const start = dayStart(Math.floor(local / step) * step, zone);
  return start === epochMs ? epochMs : dayStart(round(local / step) * step, zone);
}

/** The first instant of a local day; where clocks skip its midnight, the moment of the change. */
function dayStart(localMs: number, zone: string): number {
  const midnights = instantsOf(localMs, zone);
  const isShown = midnights.some((instant) => instant + zoneOffsetMs(instant, zone) === localMs);
  return isShown ? Math.min(...midnights) : Math.max(...midnights);
}

/** Every instant that a local time may mean: two in an hour that clocks repeat, and either side of one they skip. */
function instantsOf(localMs: number, zone: string): readonly number[] {
  const { day } = unitMs;
  const possible = new Set([localMs - zoneOffsetMs(localMs - day, zone), localMs - zoneOffsetMs(localMs + day, zone)]);
  const shown = [...possible].filter((instant) => instant + zoneOffsetMs(instant, zone) === localMs);
  return shown.length > 0 ? shown : [...possible];
}

/** Every instant that a vendor may read from the text of this one. */
function readings(epochMs: number, unit: Unit, zone: string): readonly number[] {
  const step = unitMs[unit];
  return instantsOf(Math.floor((epochMs + zoneOffsetMs(epochMs, zone)) / step) * step, zone);
}

/**
 * A local text without offset names two instants in the hour that a clock repeats. Moves the bound out until
 * every reading lies outside of it.
 */
function beyondReadings(epochMs: number, direction: Direction, unit: Unit, zone: string): number {
  const step = unitMs[unit];
  const read = readings(epochMs, unit, zone);
  if (direction === 'down') {
    const excess = Math.max(...read) - epochMs;
    return excess <= 0 ? epochMs : epochMs - Math.ceil(excess / step) * step;
  }
  const excess = epochMs - Math.min(...read);
  return excess <= 0 ? epochMs : epochMs + Math.ceil(excess / step) * step;
}
