/** A walk over many pages while people go on working: the records move under it, and none may be passed over. */
import { afterEach, describe, expect, it } from 'vitest';
import type { FeedSource } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport, type PollReport } from '../../src/change/poll-report.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import type { VendorClient } from '../../src/http/client.ts';
import { startSandbox, vendors } from '../../src/sandbox/sandbox.ts';
import { mainObject } from '../suite/main-object.ts';
import { accessSandbox } from '../suite/vendor-access.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const { connectors } = await loadConnectors();
/** Those that are asked for a window of time as a whole: it can be too full. */
const windowed = vendors.filter((vendor) => strategyOf(vendor) === 'watermark');
/** Those whose windows end before now: a record can be edited out of each. */
const bounded = vendors.filter((vendor) => ['watermark', 'keyset'].includes(strategyOf(vendor)));

function strategyOf(vendor: string): string {
  const connector = connectors.get(vendor);
  return connector === undefined ? 'none' : mainObject(connector).changes.strategy;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A vendor's sandbox, and the changes of its main object polled from it. */
async function openLine(vendor: string) {
  const clock = virtualClock(Date.parse('2026-11-20T12:00:00Z'));
  const sandbox = await startSandbox({ vendor, port: 0, clock });
  closing.push(() => sandbox.close());
  const connector = connectors.get(vendor);
  if (connector === undefined) throw new Error(`no connector ${vendor}`);
  const object = mainObject(connector);
  const { settings, open } = accessSandbox(connector, sandbox.origin, clock);
  const client = open();
  closing.push(() => client.close());
  const tell = async (path: string, body: unknown, method = 'POST'): Promise<readonly { readonly id: string }[]> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${sandbox.origin}/_sandbox/${path}`, { method, headers, body: JSON.stringify(body) });
    expect(response.ok, `${path} ${response.status}`).toBe(true);
    return (await response.json()) as readonly { readonly id: string }[];
  };
  const instance = { id: 'i', name: 'i', tags: [] };
  const source: FeedSource = { connector, object, feed: 'changes', detection: object.changes, instance, settings };
  const memory = createMemoryStates(clock.now());
  const state = memory.state();
  const poll = async (over: FeedSource = source, through: VendorClient = client): Promise<PollReport> => {
    const report = emptyReport('changes', state.cursor);
    await pollFeed(over, { client: through, state, now: clock.now }, report);
    return report;
  };
  const sandboxObject = connector.definition.sandbox?.objects[object.name] ?? '';
  return { clock, client, tell, source, memory, state, poll, object: sandboxObject };
}

/** The detection, of a vendor that returns no more than so many records of a query. */
function cappedAt(cap: number, { detection }: FeedSource) {
  if (detection.strategy !== 'watermark') throw new Error('only a window is capped');
  return { ...detection, walk: null, cursor: { ...detection.cursor, cap } };
}

/** The client, and what happens each time a page has come. */
function afterEachPage(client: VendorClient, happen: () => Promise<void>): VendorClient {
  return {
    ...client,
    clockSkewMs: client.clockSkewMs,
    async send(request, signal) {
      const answer = await client.send(request, signal);
      await happen();
      return answer;
    },
  };
}

describe.each(vendors)('%s', (vendor) => {
  it('edits what was read while the pages are walked: no record behind it is passed over', async () => {
    const line = await openLine(vendor);
    const created: string[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      line.clock.advance(60_000);
      for (const { id } of await line.tell('edit', { object: line.object, action: 'create' })) created.push(id);
    }
    line.clock.advance(60_000);
    await line.tell('faults', { pageSize: 4 }, 'PATCH');
    const readAndEdited = created.slice(0, 4);
    const edit = async (): Promise<void> => {
      line.clock.advance(1_000);
      const id = readAndEdited.shift();
      if (id !== undefined) await line.tell('edit', { object: line.object, action: 'update', id });
    };
    await line.poll(line.source, afterEachPage(line.client, edit));
    line.clock.advance(600_000);
    await line.poll();
    expect(new Set(line.memory.events.map((event) => event.subject))).toEqual(new Set(created));
  });

  it.each([
    { name: 'an hour back', jumpMs: -3_600_000, afterMs: 60_000 },
    { name: 'an hour on', jumpMs: 3_600_000, afterMs: 60_000 },
    { name: 'an hour back before the first window has settled', jumpMs: -3_600_000, afterMs: 1 },
    { name: 'an hour on before the first window has settled', jumpMs: 3_600_000, afterMs: 1 },
  ])('has its polls go on without a gap when our clock is set $name', async ({ jumpMs, afterMs }) => {
    const line = await openLine(vendor);
    line.clock.advance(afterMs);
    await line.poll();
    await line.tell('edit', { object: line.object, action: 'create' });
    line.clock.advance(600_000);
    // The vendor's clock is the line's; ours is off by the jump from here on, and its answers have told so.
    const skewed: VendorClient = { ...line.client, clockSkewMs: -jumpMs };
    const report = emptyReport('changes', line.state.cursor);
    const now = (): number => line.clock.now() + jumpMs;
    await pollFeed(line.source, { client: skewed, state: line.state, now }, report);
    expect(line.memory.events.map((event) => event.data.change)).toEqual(['created']);
  });

  it('is asked by a runtime that was started anew on a fast clock: nothing since the cursor is passed over', async () => {
    const line = await openLine(vendor);
    line.clock.advance(60_000);
    await line.poll();
    await line.tell('edit', { object: line.object, action: 'create' });
    line.clock.advance(600_000);
    const unaware: VendorClient = { ...line.client, clockSkewMs: 0 };
    const report = emptyReport('changes', line.state.cursor);
    await pollFeed(
      line.source,
      { client: unaware, state: line.state, now: () => line.clock.now() + 3_600_000 },
      report,
    );
    line.clock.advance(60_000);
    await line.poll();
    expect(line.memory.events.map((event) => event.data.change)).toEqual(['created']);
  });
});

describe.each(windowed)('%s, by windows', (vendor) => {
  it('holds more than the vendor returns: all come, by time, and each new one is told as created', async () => {
    const line = await openLine(vendor);
    const capped = cappedAt(8, line.source);
    const [first] = await line.tell('edit', { object: line.object, action: 'create' });
    for (let minute = 0; minute < 19; minute += 1) {
      line.clock.advance(60_000);
      await line.tell('edit', { object: line.object, action: 'create' });
    }
    line.clock.advance(60_000);
    await line.tell('edit', { object: line.object, action: 'update', id: first?.id });
    line.clock.advance(60_000);
    await line.tell('faults', { pageSize: 4 }, 'PATCH');
    const report = await line.poll({ ...line.source, detection: capped });
    expect(report).toMatchObject({ created: 20, updated: 0 });
    expect(line.memory.events.map((event) => event.data.change)).toEqual(Array(20).fill('created'));
  });

  it('holds more records of one moment than the vendor returns: the poll says so, and the cursor stays before them', async () => {
    const line = await openLine(vendor);
    const capped = cappedAt(8, line.source);
    line.clock.advance(60_000);
    const atMs = line.clock.now();
    await line.tell('faults', { equalTimestamps: true, pageSize: 4 }, 'PATCH');
    await line.tell('edit', { object: line.object, action: 'create', count: 10 });
    line.clock.advance(60_000);
    await expect(line.poll({ ...line.source, detection: capped })).rejects.toMatchObject({
      code: 'vendor-cap-reached',
    });
    expect(line.state.cursor?.ms).toBeLessThanOrEqual(atMs);
    await line.poll();
    expect(line.memory.events).toHaveLength(10);
  });
});

describe.each(bounded)('%s, by windows that end before now', (vendor) => {
  it('was created, and edited each time a window ended: it is told as created when it is seen at last', async () => {
    const line = await openLine(vendor);
    line.clock.advance(60_000);
    const [record] = await line.tell('edit', { object: line.object, action: 'create' });
    for (let quarter = 0; quarter < 3; quarter += 1) {
      line.clock.advance(900_000);
      await line.tell('edit', { object: line.object, action: 'update', id: record?.id });
      await line.poll();
    }
    expect(line.memory.events).toEqual([]);
    line.clock.advance(900_000);
    await line.poll();
    expect(line.memory.events.map((event) => event.data.change)).toEqual(['created']);
  });
});
