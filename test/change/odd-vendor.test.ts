/** A vendor whose records come back, are set back, are moved and forgotten: what is told of them, poll by poll. */
import { describe, expect, it } from 'vitest';
import type { FeedSource } from '../../src/change/feed.ts';
import { ingest } from '../../src/change/ingest.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport } from '../../src/change/poll-report.ts';
import { bindQuery } from '../../src/change/query.ts';
import { deletedFilter, readRows } from '../../src/change/rows.ts';
import { timeFrame } from '../../src/change/time-frame.ts';
import { learnVendorClock } from '../../src/change/vendor-clock.ts';
import { narrowDetection } from '../../src/connector/narrow.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import { createBelievedClock } from '../../src/http/believed-clock.ts';
import type { VendorClient, VendorRequest } from '../../src/http/client.ts';
import type { InboxChange } from '../../src/store/port.ts';
import { lawConnector, plans } from '../law/connector.ts';
import type { Traps } from '../law/world.ts';

const traps: Traps = {
  unitMs: 1,
  inclusive: true,
  lagMs: 0,
  cap: null,
  pageSize: 5,
  skewMs: 0,
  zone: null,
  tokenMs: 3_600_000,
  troubleRate: 0,
  busyRate: 0,
  ties: false,
  appendOnly: false,
  backdates: true,
  purges: false,
  replicaRate: 0,
  oddPageRate: 0,
  isDated: true,
  oddDateRate: 0,
  clockSetRate: 0,
};
const minuteMs = 60_000;
const dayMs = 86_400_000;
const startMs = Date.parse('2026-11-20T12:00:00Z');

/** Answers a path: a body, and an ETag where it has one. */
type Answer = (path: string, request: VendorRequest) => { readonly body: unknown; readonly etag?: string };

/**
 * The object of a plan, polled from a vendor that is written down here.
 * @param oddMs by how much the clock of the node that answers next is off.
 */
function openFeed(name: string, answer: Answer, oddMs: () => number = () => 0) {
  const planOf = plans[name];
  if (planOf === undefined) throw new Error(`no plan ${name}`);
  const own = { ...traps, ...planOf(traps).traps };
  const { connector, object } = lawConnector(planOf(own), own);
  const settings = { baseUrl: 'https://law.example' };
  const instance = { id: 'i', name: 'i', tags: [] };
  const source: FeedSource = { connector, object, feed: 'changes', detection: object.changes, instance, settings };
  const clock = { ms: startMs, vendorAheadMs: 0 };
  const ourClock = { now: () => clock.ms, steady: () => clock.ms + clock.vendorAheadMs };
  let believed = createBelievedClock(ourClock);
  const client: VendorClient = {
    get clockSkewMs() {
      return believed.skewMs;
    },
    get isClockDoubted() {
      return believed.isDoubted;
    },
    get isClockKnown() {
      return believed.isKnown;
    },
    close: async () => {},
    async send(request) {
      const dateMs = clock.ms + clock.vendorAheadMs + oddMs();
      believed.hear(dateMs, clock.ms);
      const { body, etag } = answer(request.path, request);
      const isSame = etag !== undefined && request.headers['if-none-match'] === etag;
      const headers: Record<string, string> = etag === undefined ? {} : { etag };
      return {
        url: 'https://law.example/',
        status: isSame ? 304 : 200,
        headers,
        body,
        dateMs,
      };
    },
  };
  const memory = createMemoryStates(startMs);
  const ports = { client, state: memory.state(), now: () => clock.ms };
  const told = () => memory.events.map(({ subject, data }) => `${data.change} ${subject}`);
  return {
    source,
    ports,
    told,
    /** Our clock is set; whoever knew how far it was from the vendor's is gone. */
    setClockBack(ms: number): void {
      clock.ms -= ms;
      clock.vendorAheadMs += ms;
      believed = createBelievedClock(ourClock);
    },
    vendorNow: () => clock.ms + clock.vendorAheadMs,
    async pollAfter(ms: number): Promise<readonly string[]> {
      clock.ms += ms;
      const before = told().length;
      await pollFeed(source, ports, emptyReport('changes', ports.state.cursor));
      return told().slice(before);
    },
    async learnAndPollAfter(ms: number): Promise<readonly string[]> {
      clock.ms += ms;
      await learnVendorClock(source, ports);
      return this.pollAfter(0);
    },
    async hear(change: InboxChange['change'], record: object & { readonly id: string }): Promise<readonly string[]> {
      const before = told().length;
      const heard: InboxChange = {
        instanceId: 'i',
        object: 'thing',
        recordId: record.id,
        change,
        occurredAt: clock.ms,
        record,
        dedupe: null,
        receivedAt: clock.ms,
        number: 1,
        attempts: 0,
      };
      await ingest([heard], source, ports, emptyReport('changes', null));
      return told().slice(before);
    },
  };
}

const iso = (ms = Number.NaN): string => (Number.isNaN(ms) ? '' : new Date(ms).toISOString());

function row(id: string, updatedMs: number, createdMs = updatedMs, more: object = {}) {
  const [created, updated] = [new Date(createdMs).toISOString(), new Date(updatedMs).toISOString()];
  return { id, number: Number(id), name: 'n', grade: 'a', rev: 1, created, updated, removed: false, ...more };
}

describe('a list of all there is', () => {
  it('tells that a record is back which carries the time of before, and that it is gone again', async () => {
    const old = row('1', startMs - dayMs);
    let rows: readonly object[] = [old, row('2', startMs - dayMs)];
    const feed = openFeed('snapshot', () => ({ body: { data: rows } }));
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
    rows = rows.slice(1);
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['deleted 1']);
    rows = [old, ...rows];
    // A reader that lags may show it still.
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['created 1']);
    expect(await feed.pollAfter(10 * minuteMs)).toEqual([]);
    rows = rows.slice(1);
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['deleted 1']);
    rows = [old, ...rows];
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['created 1']);
  });

  it('tells of an edit that set the change time back, though an ETag keeps the list from being read', async () => {
    let rows: readonly object[] = [row('1', startMs - dayMs)];
    const feed = openFeed('snapshot behind an ETag, pages by position', () => ({
      body: { data: rows },
      etag: JSON.stringify(rows),
    }));
    await feed.pollAfter(minuteMs);
    rows = [row('1', startMs + 2 * minuteMs, startMs - dayMs)];
    expect(await feed.pollAfter(2 * minuteMs)).toEqual(['updated 1']);
    rows = [row('1', startMs + minuteMs, startMs - dayMs, { name: 'other' })];
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['updated 1']);
  });

  it('tells of what an import created since the start with a change time of long ago', async () => {
    const rows = [row('1', startMs - 9 * dayMs), row('2', startMs - 9 * dayMs, startMs + 1_000)];
    const feed = openFeed('snapshot', () => ({ body: { data: rows } }));
    expect(await feed.pollAfter(minuteMs)).toEqual(['created 2']);
  });
});

describe('a record that goes to and fro within one step of the vendor’s time', () => {
  it('is told of each time, and at last as it is', async () => {
    const named = (name: string) => row('1', startMs + minuteMs, startMs + minuteMs, { name });
    let shown = named('one');
    const feed = openFeed('watermark, pages by cursor', () => ({ body: { data: [shown] } }));
    expect(await feed.pollAfter(minuteMs + 2_500)).toEqual(['created 1']);
    for (const name of ['other', 'one', 'other', 'one']) {
      shown = named(name);
      expect(await feed.pollAfter(500), name).toEqual(['updated 1']);
      expect(await feed.pollAfter(500), name).toEqual([]);
    }
  });
});

describe('a record that came back before it was found to be gone', () => {
  it('is told of once the time of readers that lag is over, and no cursor passes it until then', async () => {
    let rows = [row('1', startMs + minuteMs)];
    const feed = openFeed('watermark, pages by cursor', (_, { query }) => {
      const bounds = Object.fromEntries(query);
      const [sinceMs, untilMs] = ['gte', 'lt'].map((bound) => Date.parse(String(bounds[`filter[updated][${bound}]`])));
      const isAsked = ({ updated }: { readonly updated: string }): boolean =>
        Date.parse(updated) >= Number(sinceMs) && Date.parse(updated) < Number(untilMs);
      return { body: { data: rows.filter(isAsked) } };
    });
    expect(await feed.pollAfter(2 * minuteMs)).toEqual(['created 1']);
    expect(await feed.hear('deleted', { id: '1' })).toEqual(['deleted 1']);
    rows = [row('1', startMs + 2 * minuteMs - 4_000, startMs + minuteMs)];
    expect(await feed.pollAfter(6_500)).toEqual([]);
    expect(await feed.pollAfter(1_500)).toEqual(['created 1']);
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
  });
});

describe('a first poll that broke off', () => {
  it('makes no later one forget the delete that it told, though the start is thought later by then', async () => {
    const gone = row('1', startMs - 400, startMs - minuteMs, { removed: true });
    const others = ['2', '3', '4', '5'].map((id) => row(id, startMs + 1_000));
    const back = row('1', startMs + 2 * minuteMs, startMs - minuteMs);
    let isDown = true;
    let isBack = false;
    let oddMs = -800;
    const feed = openFeed(
      'keyset',
      (path, { query }) => {
        if (path === '/clock') return { body: {} };
        const isFirst = query.some(([name, value]) => name === 'filter[updated][gt]' && Date.parse(value) < startMs);
        if (isDown && !isFirst) throw new Failure('vendor-unavailable', 'It is down.', { retryable: true });
        return { body: { data: isBack ? [back] : isDown ? [gone, ...others] : [] } };
      },
      () => oddMs,
    );
    await expect(feed.learnAndPollAfter(minuteMs)).rejects.toMatchObject({ code: 'vendor-unavailable' });
    expect(feed.told()).toContain('deleted 1');
    isDown = false;
    oddMs = 0;
    feed.setClockBack(0);
    expect(await feed.learnAndPollAfter(minuteMs)).toEqual([]);
    isBack = true;
    expect(await feed.learnAndPollAfter(minuteMs)).toEqual(['created 1']);
  });
});

describe('a gate', () => {
  it('is not shut over what has not settled, though our clock was set and the process had yet to learn by how much', async () => {
    let rows: readonly ReturnType<typeof row>[] = [];
    const feed = openFeed('watermark, behind a probe, pages by position', (path, { query }) => {
      const untilMs = Date.parse(String(query.find(([name]) => name === 'filter[updated][lt]')?.[1]));
      return {
        body:
          path === '/revision'
            ? { revision: rows.length }
            : { data: rows.filter(({ updated }) => Date.parse(updated) < untilMs) },
      };
    });
    await feed.pollAfter(minuteMs);
    await feed.pollAfter(minuteMs);
    rows = [row('1', startMs + 2 * minuteMs)];
    feed.setClockBack(60 * minuteMs);
    expect(await feed.pollAfter(500)).toEqual([]);
    expect(await feed.pollAfter(500)).toEqual([]);
    expect(await feed.pollAfter(minuteMs)).toEqual(['created 1']);
  });
});

describe('a clock that is believed because it agrees with ours, and both are wrong', () => {
  it('does not shut the gate over what was written since', async () => {
    let rows: readonly ReturnType<typeof row>[] = [];
    const odd: number[] = [];
    const feed = openFeed(
      'watermark, behind a probe, pages by position',
      (path, { query }) => {
        const bounds = Object.fromEntries(query);
        const [sinceMs, untilMs] = ['gte', 'lt'].map((bound) =>
          Date.parse(String(bounds[`filter[updated][${bound}]`])),
        );
        const shown = rows.filter(({ updated }) => updated >= iso(sinceMs) && updated < iso(untilMs));
        return { body: path === '/revision' ? { revision: rows.length } : { data: shown } };
      },
      () => odd.shift() ?? 0,
    );
    await feed.learnAndPollAfter(minuteMs);
    await feed.learnAndPollAfter(minuteMs);
    feed.setClockBack(60 * minuteMs);
    rows = [row('1', feed.vendorNow() + 179 * minuteMs)];
    odd.push(-60 * minuteMs);
    const told = [...(await feed.learnAndPollAfter(180 * minuteMs))];
    // It is known for wrong when eight more answers say so.
    for (let polls = 0; polls < 8; polls += 1) told.push(...(await feed.learnAndPollAfter(minuteMs)));
    expect(told).toEqual(['created 1']);
    rows = [...rows, row('2', feed.vendorNow())];
    expect(await feed.learnAndPollAfter(minuteMs)).toEqual(['created 2']);
  });
});

describe('pages that are counted', () => {
  it('are listed once more at the start, so that what slipped is not told when it is met as if it had changed', async () => {
    const all = ['1', '2', '3', '4', '5', '6', '7'].map((id) => row(id, startMs - dayMs));
    let pagesAsked = 0;
    const feed = openFeed('snapshot behind an ETag, pages by position', (_, { query }) => {
      const page = Object.fromEntries(query)['page'];
      if (page !== undefined) pagesAsked += 1;
      // The first is deleted before the second page is asked for.
      const shown = pagesAsked > 1 ? all.slice(1) : all;
      return { body: { data: shown.slice(5 * Number(page ?? 0), 5 * Number(page ?? 0) + 5) } };
    });
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
    expect((await feed.ports.state.ledger(['6'])).size).toBe(1);
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['deleted 1']);
  });

  it('prove no delete when one that was met went and came back in each of two walks, and let the same one slip', async () => {
    const rest = ['2', '3', '4', '5', '6', '7'].map((id) => row(id, startMs - dayMs));
    let back = 1;
    let isMoving = false;
    const feed = openFeed('snapshot behind an ETag, pages by position', (_, { query }) => {
      const offset = 5 * Number(Object.fromEntries(query)['page'] ?? 0);
      const first = row('1', startMs - dayMs + back * minuteMs, startMs - dayMs);
      const shown = isMoving && offset > 0 ? rest : [first, ...rest];
      if (offset > 0) back += 1;
      return { body: { data: shown.slice(offset, offset + 5) } };
    });
    expect(await feed.pollAfter(10 * minuteMs)).toEqual([]);
    isMoving = true;
    for (let walks = 0; walks < 4; walks += 1) expect(await feed.pollAfter(10 * minuteMs)).not.toContain('deleted 6');
    isMoving = false;
    rest.splice(4, 1);
    back = 100;
    const told: string[] = [];
    for (let walks = 0; walks < 3; walks += 1) {
      back = 100;
      told.push(...(await feed.pollAfter(10 * minuteMs)));
    }
    expect(told).toContain('deleted 6');
  });

  it('are not counted on from one whose bound the vendor ignored, though it begins no more than a step before it', async () => {
    const rows = [row('1', startMs + 1_000), ...['2', '3', '4', '5', '6', '7'].map((id) => row(id, startMs + 1_001))];
    let isIgnored = false;
    const feed = openFeed('watermark, behind a probe, pages by position', (path, { query }) => {
      if (path === '/revision') return { body: { revision: 1 } };
      const given = Object.fromEntries(query);
      const sinceMs = Date.parse(String(given['filter[updated][gte]']));
      const after = Number(given['filter[number][gt]'] ?? 0);
      const kept = isIgnored ? rows : rows.filter((one) => Date.parse(one.updated) >= sinceMs && one.number > after);
      isIgnored = sinceMs === startMs && given['page'] === undefined;
      const offset = 5 * Number(given['page'] ?? 0);
      return { body: { data: kept.slice(offset, offset + 5) } };
    });
    expect(await feed.pollAfter(minuteMs)).toHaveLength(7);
  });
});

describe('a vendor of whose nodes one has a clock hours ahead', () => {
  /** Records as they are written, asked for by their time. */
  function openWatermark() {
    const rows: ReturnType<typeof row>[] = [];
    const odd: number[] = [];
    const answer: Answer = (_, { query }) => {
      const bound = (name: string): number => Date.parse(String(query.find(([one]) => one === name)?.[1]));
      const [fromMs, untilMs] = [bound('filter[updated][gte]'), bound('filter[updated][lt]')];
      return {
        body: {
          data: rows.filter(({ updated }) => Date.parse(updated) >= fromMs && Date.parse(updated) < untilMs),
        },
      };
    };
    const feed = openFeed('watermark, pages by cursor', answer, () => odd.shift() ?? 0);
    return {
      ...feed,
      /** @param offMs by how much the clocks are off of those who answer next. */
      async pollAfter(ms: number, ...offMs: readonly number[]): Promise<readonly string[]> {
        odd.splice(0, odd.length, ...offMs);
        return feed.learnAndPollAfter(ms);
      },
      write: (id: string) => rows.push(row(id, feed.vendorNow() - 1_000)),
    };
  }
  const sixHoursMs = 360 * minuteMs;

  it('loses nothing when that node answers one poll after the other', async () => {
    const { write, pollAfter } = openWatermark();
    await pollAfter(minuteMs);
    const told: string[] = [];
    for (const id of ['1', '2', '3', '4', '5']) {
      write(id);
      told.push(...(await pollAfter(minuteMs, sixHoursMs)));
    }
    expect(told).toEqual(['created 1', 'created 2', 'created 3', 'created 4', 'created 5']);
  });

  it('loses nothing when that node is the first to answer a new process, of which the clock was set on', async () => {
    const { write, pollAfter, setClockBack } = openWatermark();
    await pollAfter(minuteMs);
    setClockBack(-60 * minuteMs);
    await pollAfter(minuteMs, sixHoursMs, sixHoursMs, 0, 0, sixHoursMs);
    write('1');
    expect(await pollAfter(minuteMs)).toEqual(['created 1']);
  });

  it('begins where it was told to, though a node that is hours behind is the first to answer', async () => {
    const { write, pollAfter } = openWatermark();
    write('1');
    expect(await pollAfter(minuteMs, -sixHoursMs, 0, -sixHoursMs)).toEqual([]);
    write('2');
    expect(await pollAfter(minuteMs)).toEqual(['created 2']);
  });

  it('is not polled while no time is told more often than others', async () => {
    const { write, pollAfter } = openWatermark();
    write('1');
    const wild = Array.from({ length: 20 }, (_, index) => (index + 1) * minuteMs);
    await expect(pollAfter(minuteMs, ...wild)).rejects.toMatchObject({ code: 'vendor-clock-unsure', retryable: true });
    write('2');
    expect(await pollAfter(minuteMs)).toEqual(['created 2']);
  });
});

describe('a window that broke off at a page', () => {
  it('goes on there, and is read anew where the instance asks for something else by then', async () => {
    const rows = ['1', '2', '3'].map((id) =>
      row(id, startMs + 1_000, startMs + 1_000, { grade: id === '1' ? 'b' : 'a' }),
    );
    const asked: string[] = [];
    let isDown = true;
    const feed = openFeed('watermark, pages by cursor', (_, { query }) => {
      const { page = '', 'filter[grade][eq]': grade = '' } = Object.fromEntries(query);
      asked.push(`${page} ${grade}`);
      if (page === '') return { body: { data: rows.filter((one) => one.grade === (grade || 'a')), next: 'w2' } };
      if (isDown) throw new Failure('vendor-unavailable', 'It is down.', { retryable: true });
      return { body: { data: [] } };
    });
    const poll = async (where: string): Promise<readonly string[]> => {
      const { detection } = narrowDetection(feed.source.connector, 'thing', 'changes', where, 'match');
      if (detection === null) throw new Error('no detection');
      const before = feed.told().length;
      const report = emptyReport('changes', feed.ports.state.cursor);
      await pollFeed({ ...feed.source, detection }, feed.ports, report).catch(() => {});
      return feed.told().slice(before);
    };
    await feed.pollAfter(minuteMs).catch(() => {});
    asked.splice(0);
    expect(await poll("grade = 'a'")).toEqual([]);
    expect(await poll("grade = 'b'")).toEqual(['created 1']);
    expect(asked).toEqual([' a', 'w2 a', ' b', 'w2 b']);
    asked.splice(0);
    isDown = false;
    await poll("grade = 'b'");
    expect(asked[0]).toBe('w2 b');
  });
});

describe('a cursor of another strategy', () => {
  it('makes a listing begin anew, and nothing is told that was there', async () => {
    let rows: readonly object[] = [1, 2, 3].map((id) => row(String(id), startMs - dayMs));
    const feed = openFeed('snapshot', () => ({ body: { data: rows } }));
    const cursor = { ms: startMs + minuteMs, reach: { sinceMs: startMs } };
    await feed.ports.state.commit({ events: [], ledger: [], cursor, startMs });
    expect(await feed.pollAfter(2 * minuteMs)).toEqual([]);
    rows = [row('1', startMs + 3 * minuteMs, startMs - dayMs), ...rows.slice(2)];
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['updated 1', 'deleted 2']);
  });
});

describe('a token that stands for what was read', () => {
  it('tells at once of what came back, or was set back: the vendor says it only once', async () => {
    let data: readonly object[] = [];
    const feed = openFeed('delta', () => ({ body: { data, token: 't' } }));
    await feed.pollAfter(minuteMs);
    const first = row('1', startMs + minuteMs);
    for (const [next, told] of [
      [first, 'created 1'],
      [row('1', startMs, startMs, { name: 'other' }), 'updated 1'],
      [{ gone: '1', reason: 'deleted' }, 'deleted 1'],
      [first, 'created 1'],
    ] as const) {
      data = [next];
      expect(await feed.pollAfter(minuteMs)).toEqual([told]);
    }
  });

  it.each(['request-refused', 'not-found'] as const)(
    'is given up when the vendor answers it with %s, and all is listed and compared',
    async (code) => {
      let isRefused = false;
      let data: readonly object[] = [];
      const feed = openFeed('delta', (_path, { query }) => {
        const isSince = query.some(([name]) => name === 'token');
        if (isSince && isRefused) throw new Failure(code, 'No such token.', { retryable: false });
        return { body: { data, token: isSince ? 'second' : 'first' } };
      });
      await feed.pollAfter(minuteMs);
      data = [row('1', startMs + minuteMs)];
      isRefused = true;
      expect(await feed.pollAfter(minuteMs)).toEqual(['created 1']);
      isRefused = false;
      data = [row('1', startMs + 3 * minuteMs, startMs + minuteMs)];
      expect(await feed.pollAfter(2 * minuteMs)).toEqual(['updated 1']);
    },
  );
});

describe('a log', () => {
  it('that is read once more tells nothing twice of a record that was changed twice at one time', async () => {
    const states = [1, 2, 3].map((rev) => row('7', startMs + (rev === 1 ? 1_000 : 2_000), startMs + 1_000, { rev }));
    const others = ['8', '9'].map((id) => row(id, startMs + 3_000));
    const entries = [...states, ...others].map((record, index) => {
      const verb = index === 1 || index === 2 ? 'update' : 'create';
      return { number: index + 1, subject: record.id, verb, updated: record.updated, record };
    });
    let isDown = true;
    const feed = openFeed('event log, by growing id', (_, { query }) => {
      if (query.every(([name, value]) => name !== 'page' || value === '0')) return { body: { data: entries } };
      if (isDown) throw new Failure('vendor-unavailable', 'It is down.', { retryable: true });
      return { body: { data: [] } };
    });
    await expect(feed.pollAfter(minuteMs)).rejects.toMatchObject({ code: 'vendor-unavailable' });
    expect(feed.told()).toEqual(['created 7', 'updated 7', 'updated 7', 'created 8', 'created 9']);
    isDown = false;
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
  });

  it('whose records are forgotten after a day does not make a webhook’s record new', async () => {
    const created = row('7', startMs + minuteMs);
    const entry = { number: 1, subject: '7', verb: 'create', updated: created.updated, record: created };
    const feed = openFeed('event log, by growing id', (_, { query }) => ({
      body: { data: query.some(([name, value]) => name === 'after' && Number(value) > 0) ? [] : [entry] },
    }));
    expect(await feed.pollAfter(2 * minuteMs)).toEqual(['created 7']);
    await feed.pollAfter(3 * dayMs);
    await feed.pollAfter(minuteMs);
    expect(await feed.hear('updated', row('7', startMs + 3 * dayMs, startMs + minuteMs))).toEqual(['updated 7']);
  });

  it('whose entry of a create led to nothing says created when a later one leads to the record', async () => {
    const made = { number: 1, subject: '7', verb: 'create', updated: new Date(startMs + 1_000).toISOString() };
    const edited = { ...made, number: 2, verb: 'update' };
    let isThere = false;
    const feed = openFeed('event log, its records read by id', (path) => {
      if (path.startsWith('/records/')) return { body: isThere ? row('7', startMs + 2_000, startMs + 1_000) : null };
      return { body: { data: isThere ? [edited] : [made] } };
    });
    expect(await feed.pollAfter(minuteMs)).toEqual([]);
    isThere = true;
    expect(await feed.pollAfter(minuteMs)).toEqual(['created 7']);
  });
});

describe('records of several parents', () => {
  it('are not new to a parent that is new, or was away, when they were told of under another', async () => {
    let parents = ['p0'];
    let listed: Readonly<Record<string, readonly object[]>> = { p0: [row('1', startMs + minuteMs)] };
    const feed = openFeed('watermark, by parent', (path) => {
      const parent = path.split('/')[2] ?? '';
      return { body: { data: path === '/parents' ? parents.map((id) => ({ id })) : (listed[parent] ?? []) } };
    });
    expect(await feed.pollAfter(2 * minuteMs)).toEqual(['created 1']);
    listed = {};
    for (let days = 0; days < 4; days += 1) await feed.pollAfter(dayMs);
    parents = ['p0', 'p1'];
    listed = { p1: [row('1', startMs + 4 * dayMs, startMs + minuteMs)] };
    expect(await feed.pollAfter(10 * minuteMs)).toEqual(['updated 1']);
    expect(await feed.hear('updated', row('1', startMs + 4 * dayMs + minuteMs, startMs + minuteMs))).toEqual([
      'updated 1',
    ]);
  });
});

describe('a local time that comes twice, when clocks go back', () => {
  const { source, ports } = openFeed('watermark in local time without offset', () => ({ body: {} }));
  const local = { updated: '2026-11-01T01:47:17', created: '2026-11-01T01:35:08', id: '1', removed: true };

  it('is not outside a window that its second reading lies in', () => {
    const { detection } = source;
    if (detection.strategy !== 'watermark') throw new Error('no watermark');
    const window = { sinceMs: Date.parse('2026-11-01T06:46:00Z'), untilMs: Date.parse('2026-11-01T06:50:00Z') };
    expect(bindQuery(detection, window, source, { nowMs: window.untilMs }).belongs(local)).toBe(true);
  });

  it('may be an hour later of a delete too', async () => {
    expect(deletedFilter(source, startMs)(local)).toBe(true);
    const [reading] = await readRows([local], source, ports, emptyReport('changes', null));
    expect(reading).toMatchObject({ deleted: true, spreadMs: 3_600_000 });
  });

  it('is not forgotten before what was created in its second reading is too old to be new', () => {
    if (!('cursor' in source.detection)) throw new Error('no cursor');
    const { grounds, forgetBeforeMs } = timeFrame(source, ports, source.detection.cursor);
    expect(grounds.knownSince - forgetBeforeMs).toBeGreaterThanOrEqual(3_600_000);
  });
});
