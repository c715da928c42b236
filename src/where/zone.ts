/** Offsets of time zones from UTC, from the zone data that Node carries (ICU). */

/** No zone changes its clock at anything finer than a quarter of an hour. */
const BUCKET_MS = 900_000;
const mostBuckets = 20_000;
/** Before this, zones had local mean time with offsets in seconds, which no vendor means. */
const EARLIEST_MS = -2_208_988_800_000;
const latestMs = 7_258_118_400_000;

interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const clocks = new Map<string, ZoneClock>();

/**
 * Milliseconds to add to UTC to get the local time of `zone` (IANA name) at an instant.
 * @throws RangeError for a zone that does not exist.
 */
export function zoneOffsetMs(epochMs: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const clock = clockOf(zone);
  const bucket = Math.floor(Math.min(Math.max(epochMs, EARLIEST_MS), latestMs) / BUCKET_MS);
  const known = clock.offsets.get(bucket);
  if (known !== undefined) return known;
  const offsetMs = computeOffsetMs(bucket * BUCKET_MS, clock.format);
  if (clock.offsets.size >= mostBuckets) clock.offsets.clear();
  clock.offsets.set(bucket, offsetMs);
  return offsetMs;
}

/** True when the zone data knows a zone of this name. */
export function isZone(zone: string): boolean {
  try {
    return clockOf(zone) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function clockOf(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const clock = { format, offsets: new Map<number, number>() };
  clocks.set(zone, clock);
  return clock;
}

function computeOffsetMs(epochMs: number, format: Intl.DateTimeFormat): number {
  const shown = format.format(epochMs).match(/\d+/g)?.map(Number) ?? [];
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - epochMs;
}
