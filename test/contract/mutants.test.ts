/** The laws can fail: connectors with one thing wrong are caught, each by what it does wrong. */
import { describe, expect, it } from 'vitest';
import { findBroken, runLaws } from '../../src/contract/laws.ts';
import { type Loose, linkShipped, stageOf } from './stage.ts';

type Change = (object: Loose) => void;

/** Sets a value deep inside an object's definition. */
function set(path: string, value: unknown): Change {
  return (object) => {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let place: Record<string, unknown> = object;
    for (const step of steps) place = place[step] as Record<string, unknown>;
    if (value === undefined) delete place[last];
    else place[last] = value;
  };
}

const all =
  (...changes: readonly Change[]): Change =>
  (object) => {
    for (const change of changes) change(object);
  };

const mutants: readonly { key: string; object: string; what: string; change: Change; caught: RegExp }[] = [
  {
    key: 'hubspot',
    object: 'contact',
    what: 'no settle and hardly an overlap, at an index that lags',
    change: all(set('changes.0.cursor.settleSeconds', 0), set('changes.0.cursor.overlapSeconds', 1)),
    caught: /was not told/,
  },
  {
    key: 'hubspot',
    object: 'account',
    what: 'an overlap shorter than the lag',
    change: set('changes.0.cursor.overlapSeconds', 30),
    caught: /was not told/,
  },
  {
    key: 'hubspot',
    object: 'opportunity',
    what: 'live records listed for the archived ones',
    change: set('deletes.0.request.query.archived', 'false'),
    caught: /poll of deletes failed/,
  },
  {
    key: 'hubspot',
    object: 'ticket',
    what: 'only the first page',
    change: set('changes.0.page', { kind: 'none' }),
    caught: /was not told/,
  },
  {
    key: 'hubspot',
    object: 'contact',
    what: 'steps of a minute where the vendor has milliseconds',
    change: all(set('changes.0.cursor.granularity', 'min'), set('fields.lastmodifieddate.granularity', 'min')),
    caught: /was not told/,
  },
  {
    key: 'hubspot',
    object: 'contact',
    what: 'the vendor’s cap not known',
    change: all(set('changes.0.cursor.cap', null), set('changes.0.walk', undefined)),
    caught: /was not told|poll of changes failed/,
  },
  {
    key: 'salesforce',
    object: 'contact',
    what: 'an overlap shorter than transactions take',
    change: set('changes.0.cursor.overlapSeconds', 2),
    caught: /was not told/,
  },
  {
    key: 'salesforce',
    object: 'lead',
    what: 'deletes looked for where deleted records do not show',
    change: all(set('deletes.length', 1), set('deletes.0.request.path', '/services/data/v{settings.apiVersion}/query')),
    caught: /it is deleted/,
  },
  {
    key: 'salesforce',
    object: 'account',
    what: 'deletes looked for in the recycle bin alone',
    change: set('deletes.length', 1),
    caught: /it is deleted/,
  },
  {
    key: 'quickbooks',
    object: 'customer',
    what: 'records of one second not told apart',
    change: set('changes.0.ties', "MetaData.LastUpdatedTime = :since AND Id > :after AND Id < '0'"),
    caught: /was not told/,
  },
  {
    key: 'quickbooks',
    object: 'invoice',
    what: 'every changed record taken for a deleted one',
    change: set('deletes.0.deletedWhen', undefined),
    caught: /a delete was told that never was/,
  },
  {
    key: 'quickbooks',
    object: 'bill',
    what: 'the vendor’s memory taken for endless',
    change: set('deletes.0.retentionSeconds', undefined),
    caught: /poll of deletes failed/,
  },
  {
    key: 'dynamics',
    object: 'contact',
    what: 'deleted rows taken for rows',
    change: set('changes.0.deletedWhen', undefined),
    caught: /poll of changes failed/,
  },
  {
    key: 'shopify',
    object: 'product',
    what: 'another verb of the log than that of deletes',
    change: set('deletes.0.request.query.verb', 'create'),
    caught: /it is deleted/,
  },
  {
    key: 'shopify-graphql',
    object: 'customer',
    what: 'an overlap shorter than the search index lags',
    change: set('changes.0.cursor.overlapSeconds', 60),
    caught: /was not told/,
  },
];

describe('the laws catch', () => {
  it.each(mutants)('$key $object: $what', { timeout: 120_000 }, async ({ key, object, change, caught }) => {
    const connector = linkShipped(key, (objects) => change(objects[object] as Loose));
    const found = await findBroken(stageOf(connector, object), { seed: 1, runs: 40 });
    expect(found?.breaches.join('\n')).toMatch(caught);
  });

  it('and tell a short script, with what was told, that comes out again from its seed', {
    timeout: 180_000,
  }, async () => {
    const connector = linkShipped('hubspot', (objects) =>
      set('changes.0.cursor.overlapSeconds', 1)(objects['contact'] as Loose),
    );
    const stage = stageOf(connector, 'contact');
    const broken = await runLaws(stage, { seed: 1, runs: 40 });
    if (broken === null) throw new Error('not caught');
    expect(broken.log.length).toBeLessThan(30);
    expect(broken.log.join('\n')).toMatch(/seen \d+ s late/);
    expect((await findBroken(stage, { seed: broken.seed, runs: 1 }))?.seed).toBe(broken.seed);
  });

  it.each([
    { what: 'no overlap at all', change: set('changes.0.cursor.overlapSeconds', 0), says: /overlap/ },
    {
      what: 'a bound that leaves out what has the time itself',
      change: set('changes.0.where', 'SystemModstamp > :since AND SystemModstamp < :until'),
      says: /belongs to no window/,
    },
    {
      what: 'two edits of one second as one version',
      change: set('version.hash', false),
      says: /look like one version/,
    },
  ])('and what validate refuses before them: $what', ({ change, says }) => {
    expect(() => linkShipped('salesforce', (objects) => change(objects['contact'] as Loose))).toThrow(says);
  });
});
