/** The Date of an answer, as far as it can be the time at which it was given. */
import { parseHttpDate } from './retry-after.ts';
import type { WireAnswer } from './wire.ts';

/** Clocks are wrong by hours or days. What is another age is no clock, but one that never was set, or a fixed text. */
const anotherAgeMs = 366 * 86_400_000;

/** Epoch milliseconds (RFC 9110 §6.6.1); null without a date that can be read and believed. */
export function dateOf({ headers, headAtMs }: Pick<WireAnswer, 'headers' | 'headAtMs'>): number | null {
  const dateMs = parseHttpDate(headers['date'] ?? '');
  return dateMs !== null && Math.abs(dateMs - headAtMs) > anotherAgeMs ? null : dateMs;
}
