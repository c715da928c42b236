import { expect, it } from 'vitest';
import { fieldsLost } from '../../src/event/notice.ts';
import type { StoreUnderTest } from './store.ts';
import { instanceOf } from './store-builders.ts';

export function descriptionCases({ store, reopen }: StoreUnderTest): void {
  const told = { fields: { Größe__c: { type: 'text' } }, values: { nul: 'a\u0000b' } };
  const of = (object: string, dueAt = 7_000) => ({ instanceId: 'a', object, description: told, dueAt });

  it('come back as they were stored, also after a restart, and take the place of those before', async () => {
    await store().createInstance(instanceOf('a'), []);
    expect(await store().getDescription('a', 'contact')).toBeNull();
    await store().saveDescription({ ...of('contact'), description: {} });
    await store().saveDescription(of('contact'));
    await store().saveDescription(of('2-12345', 8_000));
    const again = await reopen();
    expect(await again.getDescription('a', 'contact')).toEqual(of('contact'));
    expect(await again.getDescription('a', '2-12345')).toEqual(of('2-12345', 8_000));
  });

  it('are due when they are said to be: one, or all of an instance', async () => {
    for (const id of ['a', 'b']) {
      await store().createInstance(instanceOf(id), []);
      for (const object of ['contact', 'lead']) await store().saveDescription({ ...of(object), instanceId: id });
    }
    const due = async (id: string, object: string) => (await store().getDescription(id, object))?.dueAt;
    await store().expireDescriptions('a', 'lead');
    expect([await due('a', 'contact'), await due('a', 'lead'), await due('b', 'lead')]).toEqual([7_000, 0, 7_000]);
    await store().expireDescriptions('a');
    expect([await due('a', 'contact'), await due('b', 'contact')]).toEqual([0, 7_000]);
  });

  it('are kept with what the stream is told of them, once, whoever asked at the same time', async () => {
    await store().createInstance(instanceOf('a'), []);
    const notice = fieldsLost(
      {
        connector: 'acme',
        instance: { id: 'a', name: 'A', tags: [] },
        object: 'contact',
        failure: { code: 'field-missing', message: 'Score is gone.', help: null },
      },
      9_000,
    );
    await store().saveDescription(of('contact'));
    await Promise.all(
      [9_000, 9_001].map((now) =>
        store().saveDescription(
          { ...of('contact', now + 1_000), description: { now } },
          { insteadOf: 7_000, notice: { ...notice, id: `evt_${now}` }, now },
        ),
      ),
    );
    const [told, ...others] = await store().listEvents({ instanceId: 'a', after: 0, limit: 9 });
    expect(others).toEqual([]);
    expect(told).toMatchObject({ type: 'fields.lost', sequence: '1', data: { object: 'contact', feed: null } });
    const kept = await (await reopen()).getDescription('a', 'contact');
    expect(kept?.description).toEqual({ now: Number(told?.id.slice('evt_'.length)) });
    await store().deleteInstance('a');
    await store().saveDescription(of('contact'), { insteadOf: kept?.dueAt ?? 0, notice, now: 10_000 });
    expect(await store().getEvent(notice.id)).toBeNull();
  });

  it('go with their instance, and none are kept of one that is not there', async () => {
    await store().saveDescription(of('contact'));
    await store().createInstance(instanceOf('a'), []);
    expect(await store().getDescription('a', 'contact')).toBeNull();
    await store().saveDescription(of('contact'));
    await store().deleteInstance('a');
    await store().saveDescription(of('lead'));
    while (await store().sweep(100));
    await store().createInstance(instanceOf('a'), []);
    expect(await store().getDescription('a', 'contact')).toBeNull();
    expect(await store().getDescription('a', 'lead')).toBeNull();
  });
}
