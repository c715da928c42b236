/** A vendor that hands out a token: what happens to deletes under a where, and when the token is too old. */
import { afterEach, describe, expect, it } from 'vitest';
import type { FeedSource } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport, type PollReport } from '../../src/change/poll-report.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { narrowDetection } from '../../src/connector/narrow.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { accessSandbox } from '../suite/vendor-access.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const { connectors } = await loadConnectors();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const dayMs = 86_400_000;

/** The contacts of an environment, polled by change tracking. */
async function openLine(where: string | null = null, lifetimeMs?: number, startedAt = '2026-11-20T12:00:00Z') {
  const clock = virtualClock(Date.parse(startedAt));
  const sandbox = await startSandbox({ vendor: 'dynamics', port: 0, clock });
  const connector = connectors.get('dynamics');
  const object = connector?.objects.get('contact');
  if (connector === undefined || object === undefined) throw new Error('no connector');
  const { settings, open } = accessSandbox(connector, sandbox.origin, clock);
  const client = open();
  const { detection } = narrowDetection(connector, 'contact', 'changes', where);
  if (detection?.strategy !== 'delta') throw new Error('no delta');
  const token = { ...detection.token, ...(lifetimeMs !== undefined && { lifetimeMs }) };
  closing.push(
    () => client.close(),
    () => sandbox.close(),
  );
  const instance = { id: 'i', name: 'i', tags: [] };
  const source: FeedSource = {
    connector,
    object,
    feed: 'changes',
    detection: { ...detection, token },
    instance,
    settings,
  };
  const memory = createMemoryStates(clock.now());
  const state = memory.state();
  return {
    clock,
    memory,
    async poll(): Promise<PollReport> {
      const report = emptyReport('changes', state.cursor);
      await pollFeed(source, { client, state, now: clock.now }, report);
      return report;
    },
    async edit(action: string, id?: string, record?: object): Promise<string> {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ object: 'contact', action, ...(id && { id }), ...(record && { record }) });
      const response = await fetch(`${sandbox.origin}/_sandbox/edit`, { method: 'POST', headers, body });
      expect(response.ok, `${action} ${response.status}`).toBe(true);
      const [done] = (await response.json()) as readonly { readonly id: string }[];
      clock.advance(1_000);
      return done?.id ?? '';
    },
    changes: () => memory.events.map(({ subject, data }) => `${data.change} ${subject}`),
  };
}

describe('change tracking', () => {
  it('tells of what changes in the second of its start, which whole seconds put before the start', async () => {
    const line = await openLine(null, undefined, '2026-11-20T12:00:00.478Z');
    line.clock.advance(100);
    const id = await line.edit('create');
    await line.poll();
    expect(line.changes()).toEqual([`created ${id}`]);
  });

  it('tells of a delete of which only an id is left, though the instance has a where', async () => {
    const line = await openLine('statecode = 0');
    await line.poll();
    line.clock.advance(60_000);
    const id = await line.edit('create');
    await line.poll();
    await line.edit('delete', id);
    await line.poll();
    expect(line.changes()).toEqual([`created ${id}`, `deleted ${id}`]);
    expect(line.memory.events.at(-1)?.data).toMatchObject({ record: null, native: { id, reason: 'deleted' } });
  });

  it('does not tell of the end of a record that the where never let through', async () => {
    const line = await openLine('statecode = 5');
    await line.poll();
    line.clock.advance(60_000);
    const id = await line.edit('create');
    await line.poll();
    await line.edit('delete', id);
    await line.poll();
    expect(line.changes()).toEqual([]);
  });

  it.each([
    { name: 'by our own count', lifetimeMs: 7 * dayMs },
    { name: 'by the word of the vendor, who keeps them for less long than we think', lifetimeMs: 30 * dayMs },
  ])('lists all anew and compares when the token is too old $name', async ({ lifetimeMs }) => {
    const line = await openLine(null, lifetimeMs);
    await line.poll();
    line.clock.advance(60_000);
    const [kept, gone] = [await line.edit('create'), await line.edit('create')];
    await line.poll();
    await line.edit('update', kept);
    await line.edit('delete', gone);
    const fresh = await line.edit('create');
    line.clock.advance(8 * dayMs);
    const report = await line.poll();
    expect(report.notices['cursor-expired']).toBe(1);
    expect(line.changes().slice(2).sort()).toEqual([`updated ${kept}`, `deleted ${gone}`, `created ${fresh}`].sort());
    await line.poll();
    expect(line.memory.events).toHaveLength(5);
  });
});
