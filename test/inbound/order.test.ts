/** Webhooks out of order, late and again, of every vendor: no event may show a state after a newer one. */
import { describe, expect, it } from 'vitest';
import { begin as beginBench } from './bench.ts';
import { type Sender, senders, sendersByName, type Telling } from './senders.ts';
import { told } from './site.ts';

/** A bench, and `of`: what was told of a record, and by which way, oldest first. */
async function begin(sender: Sender) {
  const bench = await beginBench(sender);
  const of = async (recordId: string) =>
    told((await bench.site.events(bench.id)).filter(({ data }) => data.objectId === recordId)).map(
      ([change, origin]) => [change, origin],
    );
  return { ...bench, of };
}

const all = [...senders, ...sendersByName];

describe.each(all)('webhooks of $vendor for $object', (sender) => {
  const { native, draft, revision, object } = sender;

  it('sent twice is told once, before it is worked on and after', async () => {
    const { site, tell, settle, of } = await begin(sender);
    const { id: recordId } = await site.edit(native, draft);
    const created: Telling = { change: 'created', recordId, atMs: site.now(), mark: 'm-1' };
    await Promise.all([tell(created), tell(created), tell(created)]);
    await settle();
    await tell(created);
    // A delivery of its own about the same change.
    await tell({ ...created, mark: 'm-2' });
    await settle();
    expect(await of(recordId)).toEqual([['created', 'webhook']]);
  });

  it('of an older state after a newer one says nothing', async () => {
    const { site, id, tell, settle, of } = await begin(sender);
    const { id: recordId } = await site.edit(native, draft);
    const madeAt = site.now();
    site.advance(5);
    await site.edit(native, revision, recordId);
    const revisedAt = site.now();
    await tell({ change: 'updated', recordId, atMs: revisedAt, mark: 'm-2' });
    await settle();
    await tell({ change: 'created', recordId, atMs: madeAt, mark: 'm-1' });
    await tell({ change: 'updated', recordId, atMs: madeAt + 1000, mark: 'm-0' });
    await settle();
    expect(await of(recordId)).toEqual([['created', 'webhook']]);
    const states = (await site.events(id)).filter(({ data }) => data.objectId === recordId);
    // Most vendors stamp whole seconds.
    expect(Math.abs(Date.parse(states[0]?.data.occurredAt ?? '') - revisedAt)).toBeLessThan(1000);
    await site.poll(id, object);
    expect(await of(recordId)).toHaveLength(1);
  });
});

describe.each(all.filter(({ tellsDeletes }) => tellsDeletes))('webhooks of $vendor for $object', (sender) => {
  const { native, draft, revision, object } = sender;

  it('late of a record that is gone does not bring it back', async () => {
    const { site, id, tell, settle, of } = await begin(sender);
    const { id: recordId } = await site.edit(native, draft);
    await tell({ change: 'created', recordId, atMs: site.now(), mark: 'm-1' });
    await settle();
    site.advance(5);
    const revisedAt = site.now();
    await site.edit(native, revision, recordId);
    site.advance(5);
    await site.remove(native, recordId);
    await tell({ change: 'deleted', recordId, atMs: site.now(), mark: 'm-3' });
    await settle();
    const gone = [
      ['created', 'webhook'],
      ['deleted', 'webhook'],
    ];
    expect(await of(recordId)).toEqual(gone);
    await tell({ change: 'updated', recordId, atMs: revisedAt, mark: 'm-2' });
    await tell({ change: 'updated', recordId, atMs: site.now() + 60_000, mark: 'm-4' });
    await tell({ change: 'created', recordId, atMs: revisedAt, mark: 'm-1' });
    await tell({ change: 'deleted', recordId, atMs: site.now(), mark: 'm-5' });
    await settle();
    site.advance(600);
    await site.poll(id, object);
    expect(await of(recordId)).toEqual(gone);
  });

  it('of a delete, long late, of a record that is there says nothing of a delete', async () => {
    const { site, tell, settle, of } = await begin(sender);
    const { id: recordId } = await site.edit(native, draft);
    await tell({ change: 'created', recordId, atMs: site.now(), mark: 'm-1' });
    await settle();
    site.advance(5);
    await tell({ change: 'deleted', recordId, atMs: site.now() - 3_600_000, mark: 'm-0' });
    await settle();
    expect(await of(recordId)).toEqual([['created', 'webhook']]);
  });
});
