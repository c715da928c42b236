import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/sandbox/random.ts';
import { RecordBook } from '../../src/sandbox/records.ts';
import { findVendor, vendors } from '../../src/sandbox/registry.ts';
import type { SandboxVendor } from '../../src/sandbox/vendor.ts';
import { startMs } from './sandbox-client.ts';

function vendorOf(name: string): SandboxVendor {
  const vendor = findVendor(name);
  if (vendor === undefined) throw new RangeError(name);
  return vendor;
}

function openBook(vendor: SandboxVendor, lags = { commitLagMs: 0, indexLagMs: 0 }) {
  const clock = { ms: startMs, now: () => clock.ms };
  const book = new RecordBook({ objects: vendor.objects, shape: vendor.shape, clock, lags: () => lags });
  return { book, clock };
}

/** What every simulated vendor promises to the parts around it. */
describe.each(vendors)('%s', (name) => {
  const vendor = vendorOf(name);
  const { shape, seeds } = vendor;

  test.each(vendor.objects)('%s: ids are the vendor’s own and never meet', (object) => {
    const ids = Array.from({ length: 500 }, (_, index) => shape.id(object, index + 1));
    expect(new Set(ids).size).toBe(500);
    expect(ids.every((id) => shape.isId(object, id))).toBe(true);
    expect(shape.isId(object, 'mine')).toBe(false);
  });

  test.each(vendor.objects)(
    '%s: seeds lie in the past, are whole, and building them again changes nothing',
    (object) => {
      const started = seeds.start(object, startMs);
      expect(started.length).toBeGreaterThan(2);
      for (const [index, { given, atMs }] of started.entries()) {
        expect(atMs).toBeLessThan(startMs);
        const id = shape.id(object, index + 1);
        const record = shape.build(object, id, given, atMs);
        expect(shape.build(object, id, record, startMs)).toEqual(record);
        expect(Math.abs(shape.modifiedAtMs(object, record) - atMs)).toBeLessThan(1000);
      }
    },
  );

  test.each(vendor.editedObjects)('%s: a change moves the stamp to its time and keeps id and creation', (object) => {
    const random = seededRandom(3);
    const id = shape.id(object, 1);
    const before = shape.build(object, id, seeds.draft(object, random), startMs - 5000);
    const after = shape.stamp(object, before, shape.merge(before, seeds.revise(object, before, random)), startMs);
    expect(shape.version(object, after)).not.toBe(shape.version(object, before));
    expect(startMs - shape.modifiedAtMs(object, after)).toBeLessThan(1000);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const removed = shape.remove(object, after, startMs + 5000);
    expect(shape.version(object, removed)).not.toBe(shape.version(object, after));
  });

  test('a book shows each view what its lag lets through, in whatever order versions become visible', () => {
    const object = vendor.editedObjects[0] ?? '';
    const lags = { commitLagMs: 1000, indexLagMs: 500 };
    const { book, clock } = openBook(vendor, lags);
    const { id } = book.create(object, seeds.draft(object, seededRandom(1)));
    const seen = () =>
      [book.find(object, id, 'latest'), book.find(object, id, 'committed'), book.find(object, id, 'indexed')].map(
        (one) => one !== undefined,
      );
    expect(seen()).toEqual([true, false, false]);
    expect(book.oldestOpenWriteMs(object)).toBe(startMs);
    clock.ms += 1000;
    expect(seen()).toEqual([true, true, false]);
    clock.ms += 500;
    expect(seen()).toEqual([true, true, true]);
    expect(book.oldestOpenWriteMs(object)).toBeUndefined();
    // A write with a long lag, then one with none: the later one shows first and stays.
    book.update(object, id, {});
    lags.commitLagMs = 0;
    lags.indexLagMs = 0;
    book.remove(object, id);
    expect(book.find(object, id, 'indexed')).toMatchObject({ deleted: true });
    clock.ms += 5000;
    expect(book.find(object, id, 'indexed')).toMatchObject({ deleted: true });
  });

  test('a journal counts from one without gaps and holds every change of a long run', () => {
    const { book, clock } = openBook(vendor);
    const object = vendor.editedObjects[0] ?? '';
    const random = seededRandom(9);
    for (let step = 0; step < 300; step += 1) {
      clock.ms += 700;
      const live = book.list(object, 'latest').filter((stored) => !stored.deleted);
      const target = live[Math.floor(random() * live.length * 1.5)];
      if (target === undefined) book.create(object, seeds.draft(object, random));
      else if (random() < 0.2) book.remove(object, target.id);
      else book.update(object, target.id, seeds.revise(object, target.record, random));
    }
    expect(book.journal.map((entry) => entry.sequence)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    const states = new Map(book.journal.map((entry) => [entry.id, entry]));
    for (const stored of book.list(object, 'latest')) {
      expect(states.get(stored.id)).toMatchObject({ version: shape.version(object, stored.record) });
      expect(states.get(stored.id)?.action === 'delete').toBe(stored.deleted);
    }
    const { book: loaded } = openBook(vendor);
    loaded.load(JSON.parse(JSON.stringify(book.image())));
    expect(loaded.image()).toEqual(book.image());
  });
});
