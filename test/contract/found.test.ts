/** What the laws have found, played again as it happened. */
import { describe, expect, it } from 'vitest';
import { breaches } from '../../src/contract/judge.ts';
import { play } from '../../src/contract/play.ts';
import type { Poll, Script, Setting, Step, Write } from '../../src/contract/script.ts';
import { anyStageOf, type Loose, linkShipped } from './stage.ts';

const setting: Setting = {
  startMs: Date.parse('2026-11-20T12:00:00Z'),
  skewMs: 0,
  pageSize: null,
  resultCap: null,
  way: 0,
  before: 0,
};
const wait = (ms: number): Step => ({ do: 'wait', ms });
const write = (kind: Write['do'], pick: Write['pick'] = 'last', late = 0): Write => ({ do: kind, pick, late });
const poll = (during: Poll['during'] = []): Step => ({
  do: 'poll',
  feed: 'changes',
  trouble: null,
  during,
  crash: null,
});
const dayMs = 86_400_000;

async function broken(key: string, name: string, script: Script, change: (object: Loose) => void = () => {}) {
  const connector = linkShipped(key, (objects) => change((objects[name] ?? objects['anyObject']) as Loose));
  const stage = await anyStageOf(connector, name);
  return breaches(await play(stage, script), stage.object);
}

describe('found by the laws', () => {
  const ties: Script = {
    setting: { ...setting, pageSize: 1 },
    steps: [
      wait(5_000),
      write('create'),
      write('create'),
      write('create'),
      wait(130_000),
      poll([{ after: 2, step: write('update', 0) }]),
    ],
  };

  it.each(['contact', 'p62515_bicycles'])(
    'a record of many with one time, on pages that are counted, was passed over when one before it was edited: %s',
    async (name) => {
      expect(await broken('hubspot', name, ties)).toEqual([]);
      const withoutWalk = (object: Loose): void => {
        delete (object.changes as Record<string, unknown>[])[0]?.['walk'];
      };
      expect((await broken('hubspot', name, ties, withoutWalk)).join()).toContain('was never told');
    },
  );

  const twins: Script = {
    setting,
    steps: [write('create'), wait(400_000), poll(), write('update'), write('update', 'last', 1), wait(31_000), poll()],
  };

  it.each(['ticket', 'p62515_bicycles'])(
    'the second of two edits within one millisecond, indexed later, was taken for the first: %s',
    async (name) => {
      expect(await broken('hubspot', name, twins)).toEqual([]);
      const withoutHash = (object: Loose): void => {
        object.version = { fields: ['hs_lastmodifieddate'], hash: false };
      };
      expect((await broken('hubspot', name, twins, withoutHash)).join()).toContain('was not told');
    },
  );

  it('a record that was created in a silence of days, and edited as the next poll came, was told as updated', async () => {
    const steps = [poll(), wait(400_000), write('create'), wait(8 * dayMs), write('update'), poll(), wait(500), poll()];
    expect(await broken('salesforce', 'lead', { setting, steps })).toEqual([]);
  });

  it('a record that was edited as the first poll after a silence came was told as updated when the next came at once', async () => {
    const steps = [
      wait(31_000),
      poll(),
      wait(250),
      write('create'),
      wait(8 * dayMs),
      write('update'),
      poll(),
      wait(1),
      poll(),
    ];
    for (const [key, name] of [
      ['hubspot', 'contact'],
      ['salesforce', 'lead'],
      ['shopify', 'customer'],
      ['quickbooks', 'customer'],
    ] as const)
      expect(await broken(key, name, { setting, steps }), key).toEqual([]);
  });

  it('a record that was restored in the very moment of its delete, and seen late, stayed deleted', async () => {
    const deletes: Step = { do: 'poll', feed: 'deletes', trouble: null, during: [], crash: null };
    const steps = [
      wait(130_000),
      write('create'),
      wait(2_000),
      write('delete'),
      write('restore', 0, 1),
      wait(5_000),
      deletes,
    ];
    expect(await broken('salesforce', 'contact', { setting: { ...setting, before: 1 }, steps })).toEqual([]);
  });

  it('a record that the first listing met, and that was deleted before a window was due, was not missed', async () => {
    const deletes: Step = { do: 'poll', feed: 'deletes', trouble: null, during: [], crash: null };
    const steps = [deletes, wait(5_000), write('delete', 0), wait(31 * dayMs)];
    expect(await broken('quickbooks', 'invoice', { setting: { ...setting, before: 2 }, steps })).toEqual([]);
  });

  it('an assertion signed by a clock that is an hour off was refused for good', async () => {
    // The sandbox takes four ways; each is tried.
    for (const way of [0, 1, 2, 3]) {
      const script = {
        setting: { ...setting, way, skewMs: 3_600_000 },
        steps: [write('create'), wait(60_000), poll()],
      };
      expect(await broken('salesforce', 'account', script)).toEqual([]);
    }
  });
});
