/** What `anyhook poll` remembers: the start from the first run on, one version a record, and never half of it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace, type WorkspaceKey } from '../../src/cli/workspace.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-workspace-'));
  file = path.join(folder, 'workspace.json');
});
afterEach(() => rm(folder, { recursive: true }));

const changes: WorkspaceKey = { connector: 'acme', instance: 'default', object: 'contact', feed: 'changes' };
const deletes: WorkspaceKey = { ...changes, feed: 'deletes' };
const open = () => openWorkspace(file, () => {});

describe('the workspace', () => {
  it('keeps the start of a feed whose first poll found nothing to do', async () => {
    const first = await open();
    await first.state(changes, 1_000);
    first.close();
    const second = await open();
    expect((await second.state(changes, 9_000)).startMs).toBe(1_000);
    second.close();
  });

  it('keeps the last of what both feeds saw of a record, also when both happened at one moment', async () => {
    const workspace = await open();
    const changed = await workspace.state(changes, 0);
    const deleted = await workspace.state(deletes, 0);
    const entry = { recordId: 'r1', changedAt: 5_000 };
    await changed.commit({ events: [], ledger: [{ ...entry, version: 'a', deleted: false }] });
    await deleted.commit({ events: [], ledger: [{ ...entry, version: 'deleted@5000', deleted: true }] });
    expect((await deleted.ledger(['r1'])).get('r1')).toMatchObject({ deleted: true });
    await changed.commit({ events: [], ledger: [{ ...entry, version: 'b', deleted: false }] });
    expect((await deleted.ledger(['r1'])).get('r1')).toMatchObject({ version: 'b', deleted: false });
    workspace.close();
  });

  it('is one process’s at a time: another would write over what it remembers', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ code: 'store-locked' });
    first.close();
    (await open()).close();
  });

  it('of the first version is read, its cursors as they were', async () => {
    const old = { cursor: '2026-01-02T00:00:00.000Z', start: '2026-01-01T00:00:00.000Z', ledger: {} };
    await writeFile(
      file,
      JSON.stringify({ version: 1, sequences: {}, feeds: { 'acme/default/contact/changes': old } }),
    );
    const workspace = await open();
    const key = { connector: 'acme', instance: 'default', object: 'contact', feed: 'changes' } as const;
    expect((await workspace.state(key, 0)).cursor).toEqual({ ms: Date.parse(old.cursor) });
    workspace.close();
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', '[]'],
    ['another version', '{"version":3,"sequences":{},"feeds":{}}'],
    ['no sequences', '{"version":1,"feeds":{}}'],
    ['feeds that are null', '{"version":1,"sequences":{},"feeds":null}'],
    [
      'a cursor that is no time',
      '{"version":1,"sequences":{},"feeds":{"x":{"cursor":"?","start":"2026-01-01","ledger":{}}}}',
    ],
    [
      'a ledger that is none',
      '{"version":1,"sequences":{},"feeds":{"x":{"cursor":null,"start":"2026-01-01","ledger":5}}}',
    ],
  ])('with %s in it is refused, left as it is, and let go', async (_, text) => {
    await writeFile(file, text);
    await expect(open()).rejects.toMatchObject({ code: 'store-corrupt' });
    expect(await readFile(file, 'utf8')).toBe(text);
    await expect(open()).rejects.toMatchObject({ code: 'store-corrupt' });
  });

  it('tells of a folder that cannot be made', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const inside = path.join(folder, 'file', 'workspace.json');
    await expect(openWorkspace(inside, () => {})).rejects.toMatchObject({ code: 'store-unavailable' });
  });
});
