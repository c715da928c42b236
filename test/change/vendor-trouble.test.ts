/** A vendor in trouble: whatever it answers, the cursor stays until a poll went well, and then nothing is missing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeState } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport, type PollReport } from '../../src/change/poll-report.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { queryOf } from '../../src/connector/narrow.ts';
import { Failure, type FailureCode } from '../../src/diagnostic/failure.ts';
import { type Sandbox, startSandbox, vendors } from '../../src/sandbox/sandbox.ts';
import { mainObject } from '../suite/main-object.ts';
import { accessSandbox } from '../suite/vendor-access.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

/** Sleeping moves the clock: retries and quotas cost no real time. */
const clock = virtualClock(Date.parse('2026-11-20T12:00:00Z'));

const troubles: readonly { readonly name: string; readonly faults: object; readonly code: FailureCode }[] = [
  { name: 'an HTML page', faults: { htmlRate: 1 }, code: 'vendor-answer-unreadable' },
  { name: 'an empty body', faults: { emptyRate: 1 }, code: 'vendor-answer-unreadable' },
  { name: 'half of its JSON', faults: { truncateRate: 1 }, code: 'vendor-answer-unreadable' },
  { name: '500', faults: { errorRate: 1, errorStatus: 500 }, code: 'vendor-unavailable' },
  { name: 'no answer at all', faults: { dropRate: 1 }, code: 'vendor-unreachable' },
  { name: 'a broken connection', faults: { resetRate: 1 }, code: 'vendor-unreachable' },
  { name: '“slow down” without end', faults: { throttleRate: 1 }, code: 'vendor-throttled' },
];

describe.each(vendors)('%s', (vendor) => {
  let sandbox: Sandbox;
  let poll: (state: ChangeState) => Promise<PollReport>;
  const closing: (() => Promise<void>)[] = [];

  const tell = async (path: string, body: unknown, method = 'POST'): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${sandbox.origin}/_sandbox/${path}`, { method, headers, body: JSON.stringify(body) });
    expect(response.ok, await response.text()).toBe(true);
  };
  let object = '';
  let isFiltered = true;
  let isStepped = false;

  beforeAll(async () => {
    sandbox = await startSandbox({ vendor, port: 0, clock });
    const connector = (await loadConnectors()).connectors.get(vendor);
    if (connector === undefined) throw new Error(`no connector ${vendor}`);
    const main = mainObject(connector);
    object = connector.definition.sandbox?.objects[main.name] ?? '';
    isFiltered = queryOf(main.changes) !== null;
    isStepped = main.changes.strategy === 'keyset';
    const { settings, open } = accessSandbox(connector, sandbox.origin, clock);
    const client = open();
    const instance = { id: 'i', name: 'i', tags: [] };
    const source = {
      connector,
      object: main,
      feed: 'changes',
      detection: main.changes,
      instance,
      settings,
    } as const;
    poll = async (state) => {
      clock.advance(60_000);
      const report = emptyReport('changes', state.cursor);
      await pollFeed(source, { client, state, now: clock.now }, report);
      return report;
    };
    closing.push(
      () => client.close(),
      () => sandbox.close(),
    );
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
  const healthy = {
    htmlRate: 0,
    emptyRate: 0,
    truncateRate: 0,
    errorRate: 0,
    dropRate: 0,
    resetRate: 0,
    throttleRate: 0,
    pageSize: null,
    ignoreFilters: false,
  };
  beforeEach(() => tell('faults', healthy, 'PATCH'));

  it.each(troubles)('answers $name: the cursor stays, and the next poll finds all', async ({ faults, code }) => {
    const memory = createMemoryStates(clock.now());
    const state = memory.state();
    await poll(state);
    const before = state.cursor?.ms;
    await tell('edit', { object, action: 'create', count: 3 });
    await tell('faults', faults, 'PATCH');
    const failure = await poll(state).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).code).toBe(code);
    expect(state.cursor?.ms).toBe(before);
    expect(memory.events).toEqual([]);
    await tell('faults', healthy, 'PATCH');
    clock.advance((failure as Failure).retryAfterMs ?? 0);
    const report = await poll(state);
    expect(report.created).toBe(3);
    expect(state.cursor?.ms).toBeGreaterThan(before ?? 0);
  });

  it('breaks off after two of five pages: those are kept, the cursor stays before the rest, and nothing comes twice', async () => {
    const memory = createMemoryStates(clock.now());
    const state = memory.state();
    await poll(state);
    const before = state.cursor?.ms;
    await tell('edit', { object, action: 'create', count: 10 });
    await tell('faults', { pageSize: 2 }, 'PATCH');
    const breaking: ChangeState = {
      ...state,
      cursor: state.cursor,
      startMs: state.startMs,
      ledger: state.ledger,
      commit: async (commit) => {
        if (memory.events.length >= 4) throw new Failure('store-unavailable', 'The disk is full.', { retryable: true });
        return state.commit(commit);
      },
    };
    await expect(poll(breaking)).rejects.toThrow('The disk is full.');
    const kept = memory.events.length;
    expect(kept).toBeGreaterThan(2);
    expect(state.cursor?.ms).toBeGreaterThanOrEqual(before ?? 0);
    expect(state.cursor?.ms).toBeLessThanOrEqual(Math.max(...memory.events.map(({ time }) => Date.parse(time))));
    const report = await poll(state);
    expect(report.created).toBe(10 - kept);
    expect(report.known).toBeGreaterThanOrEqual(kept);
    expect(memory.events).toHaveLength(10);
    expect(new Set(memory.events.map((event) => event.subject)).size).toBe(10);
  });

  it('ignores the filter: what is outside the window is reported and not believed', async () => {
    const memory = createMemoryStates(clock.now());
    const state = memory.state();
    await poll(state);
    await tell('edit', { object, action: 'create', count: 2 });
    await tell('faults', { ignoreFilters: true }, 'PATCH');
    if (isStepped) {
      // Asked from record to record, it never comes to an end: what was asked for is told, and the cursor stays.
      const before = state.cursor?.ms;
      await expect(poll(state)).rejects.toMatchObject({ code: 'vendor-page-repeated' });
      expect(memory.events.map(({ data }) => data.change)).toEqual(['created', 'created']);
      expect(state.cursor?.ms).toBe(before);
      return;
    }
    const report = await poll(state);
    expect(report.created).toBe(2);
    expect(memory.events).toHaveLength(2);
    // One that is asked for all that is new has no filter to ignore.
    expect((report.notices['vendor-filter-ignored'] ?? 0) > 0).toBe(isFiltered);
  });
});
