/** Draws the script of a run from a seed. Pure. */
import type { ConnectorObject } from '../connector/connector.ts';
import type { Faults } from '../sandbox/faults.ts';
import { pick, type Random, wholeNumber } from '../sandbox/random.ts';
import type { Feed } from '../store/port.ts';
import type { Crash, Poll, Script, Setting, Step, Wait, Write } from './script.ts';

/** What can be done to the object's records. */
export interface Possible {
  readonly object: ConnectorObject;
  readonly merges: boolean;
  readonly restores: boolean;
  readonly purges: boolean;
}

const dayMs = 86_400_000;

/** One day as any other, and the nights in which clocks are set in the United States and in Europe. */
const starts = ['2026-11-20T12:00:00Z', '2026-11-01T05:20:00Z', '2027-03-14T06:40:00Z', '2027-03-28T00:40:00Z'];

const rounds = 8;

export function drawScript(possible: Possible, random: Random): Script {
  const { object } = possible;
  const feeds = feedsOf(object);
  const steps: Step[] = feeds.filter(() => random() < 0.9).map(quietPoll);
  // A vendor may end what it gave out and nobody used for so long: one such silence in a run.
  let mostMs = 31 * dayMs;
  for (let round = 0; round < rounds; round += 1) {
    // Now and then as many as an import makes.
    for (
      let writes = random() < 0.08 ? wholeNumber(random, 12, 20) : wholeNumber(random, 0, 4);
      writes > 0;
      writes -= 1
    ) {
      // Without a wait in between, several carry one time.
      if (random() < 0.5) steps.push(wait(random));
      steps.push(...edits(possible, random));
    }
    if (random() < 0.1) {
      const ms = silenceMs(object, random, mostMs);
      if (ms === mostMs) mostMs = 8 * dayMs;
      steps.push(...silence(ms, random));
    } else steps.push(wait(random));
    for (const feed of feeds) if (random() < 0.8) steps.push(poll(feed, possible, random));
  }
  return { setting: setting(random), steps };
}

export function feedsOf(object: ConnectorObject): readonly Feed[] {
  return object.deletes === null ? ['changes'] : ['changes', 'deletes'];
}

export function quietPoll(feed: Feed): Poll {
  return { do: 'poll', feed, trouble: null, during: [], crash: null };
}

function setting(random: Random): Setting {
  const pageSize = pick(random, [1, 2, 3, 4, 7, null]);
  // Vendors whose pages are positions take no page that goes beyond the limit: it is a multiple of the page.
  const resultCap = random() < 0.5 || pageSize === null ? null : pageSize * Math.ceil(12 / pageSize);
  return {
    startMs: Date.parse(pick(random, starts)),
    skewMs: pick(random, [0, 0, 1_500, -90_000, 3_600_000]),
    pageSize,
    resultCap,
    way: wholeNumber(random, 0, 11),
    before: wholeNumber(random, 0, 6),
  };
}

const waits = [1, 400, 1_000, 5_000, 31_000, 61_000, 130_000, 400_000];

function wait(random: Random): Wait {
  return { do: 'wait', ms: pick(random, waits) };
}

/** Minutes, or so long that tokens and what the vendor remembers run out. */
function silenceMs({ changes, deletes }: ConnectorObject, random: Random, mostMs: number): number {
  const isCompared = [changes, deletes].some((feed) => feed !== null && 'full' in feed && feed.full !== null);
  return pick(random, [dayMs / 100, dayMs / 8, 1.3 * dayMs, 8 * dayMs, isCompared ? mostMs : 8 * dayMs]);
}

/** Nobody polls; then polls come close upon each other, and records are edited between them, too late for their windows. */
function silence(ms: number, random: Random): readonly Step[] {
  const steps: Step[] = [{ do: 'wait', ms }];
  for (let polls = wholeNumber(random, 0, 3); polls > 0; polls -= 1) {
    if (random() < 0.7) steps.push({ do: 'update', pick: wholeNumber(random, 0, 999), late: 0 });
    steps.push(quietPoll('changes'), { do: 'wait', ms: pick(random, [1, 500, 2_000, 5_000]) });
  }
  return steps;
}

/** A write; or two of one record at one time, of which the second is seen later. */
function edits(possible: Possible, random: Random): readonly Write[] {
  const first = write(possible, random);
  if (first.do === 'delete' || first.do === 'purge' || first.do === 'merge' || random() < 0.9) return [first];
  return [
    { ...first, late: 0 },
    { do: 'update', pick: 'last', late: 1 },
  ];
}

function write({ merges, restores, purges }: Possible, random: Random): Write {
  const usual = ['create', 'create', 'update', 'update', 'update', 'delete'] as const;
  const rare = [
    ...(merges ? (['merge'] as const) : []),
    ...(restores ? (['restore'] as const) : []),
    ...(purges ? (['purge'] as const) : []),
  ];
  const kind = rare.length > 0 && random() < 0.15 ? pick(random, rare) : pick(random, usual);
  return { do: kind, pick: wholeNumber(random, 0, 999), late: pick(random, [0, 0, 0.02, 0.3, 1]) };
}

function poll(feed: Feed, possible: Possible, random: Random): Poll {
  const count = random() < 0.3 ? wholeNumber(random, 1, 3) : 0;
  return {
    do: 'poll',
    feed,
    trouble: random() < 0.3 ? trouble(random) : null,
    during: Array.from({ length: count }, () => ({
      after: wholeNumber(random, 1, 6),
      step: meanwhile(possible, random),
    })),
    crash: random() < 0.12 ? crash(random) : null,
  };
}

function meanwhile(possible: Possible, random: Random): Poll['during'][number]['step'] {
  const chance = random();
  if (chance < 0.1) return { do: 'expire-tokens' };
  // Longer than page cursors live.
  if (chance < 0.15) return { do: 'wait', ms: 2 * 3_600_000 };
  return chance < 0.3 ? wait(random) : write(possible, random);
}

function trouble(random: Random): Partial<Faults> {
  const times = wholeNumber(random, 1, 8);
  const storms: readonly Partial<Faults>[] = [
    { throttleRate: 1, retryAfterSeconds: pick(random, [1, 7, 120, null]), times },
    { errorRate: 1, errorStatus: pick(random, [500, 502, 503]), times },
    { dropRate: 1, times },
    { resetRate: 1, times: Math.min(times, 2) },
    { truncateRate: 1, times },
    { htmlRate: 1, times },
    { emptyRate: 1, times },
    { throttleRate: 0.2, errorRate: 0.2, truncateRate: 0.1 },
    { ignoreFilters: true },
  ];
  return pick(random, storms);
}

function crash(random: Random): Crash {
  return {
    at: pick(random, ['before-commit', 'after-commit', 'after-answer'] as const),
    count: wholeNumber(random, 1, 4),
  };
}
