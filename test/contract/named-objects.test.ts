/** Objects by name at the sandboxes: which are tried, and what is said when one cannot be. */
import { describe, expect, it } from 'vitest';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { testAtSandbox } from '../../src/contract/at-sandbox.ts';
import { namedObjects, triableObjects } from '../../src/contract/named-objects.ts';
import { linkShipped } from './stage.ts';

const place = (connector: Connector) => ({
  vendor: sandboxVendor(connector),
  access: (origin: string) => atSandbox(connector, origin),
});

const tested = (connector: Connector, objects: readonly string[] | null, runs = 0) =>
  testAtSandbox({
    connector,
    place: place(connector),
    userAgent: 'anyhook/test',
    signal: new AbortController().signal,
    seed: 1,
    runs,
    objects,
    progress: () => () => {},
  });

/** The shipped connector whose sandbox is said to have other objects. */
function withSandboxObjects(key: string, change: (objects: Record<string, string>) => void): Connector {
  const connector = linkShipped(key);
  const { sandbox } = connector.definition;
  if (sandbox === undefined) throw new Error('no sandbox');
  const objects = { ...sandbox.objects };
  change(objects);
  return { ...connector, definition: { ...connector.definition, sandbox: { ...sandbox, objects } } };
}

describe('objects by name', () => {
  it.each([
    ['dynamics', ['new_bicycle'], 'incident'],
    ['hubspot', ['p62515_bicycles'], 'companies'],
    ['salesforce', ['Invoice__c'], 'Case'],
    ['quickbooks', [], null],
  ])('of %s are those that its sandbox is said to have, and can be all that it has', (key, named, other) => {
    const connector = linkShipped(key);
    expect(namedObjects(connector)).toEqual(named);
    const all = triableObjects(connector, place(connector));
    expect(all).toEqual(expect.arrayContaining([...connector.objects.keys(), ...named]));
    if (other === null) expect(all).toHaveLength(connector.objects.size);
    else expect(all).toContain(other);
  });

  it('are tried beside the declared ones when none is chosen', { timeout: 60_000 }, async () => {
    const connector = linkShipped('dynamics');
    expect((await tested(connector, null))?.map(({ object, cycle }) => [object, cycle])).toEqual(
      [...connector.objects.keys(), 'new_bicycle'].map((name) => [name, 'ok']),
    );
  });

  it('that the sandbox does not have are refused by their names', async () => {
    const connector = withSandboxObjects('hubspot', (objects) => {
      objects['p62515_boats'] = 'p62515_boats';
    });
    expect(await tested(connector, ['p62515_boats'])).toMatchObject([
      {
        object: 'p62515_boats',
        cycle: 'failed',
        diagnostics: [
          {
            code: 'case-failed',
            severity: 'error',
            message: 'hubspot p62515_boats: The account has no object "p62515_boats", or does not show it.',
          },
        ],
      },
    ]);
  });

  it('are missed where the connector names none for its sandbox, and where it does not say how one is made', async () => {
    const nameless = withSandboxObjects('hubspot', (objects) => {
      for (const name of Object.keys(objects)) delete objects[name];
    });
    const untried = { cycle: null, laws: null };
    expect((await tested(nameless, null))?.at(-1)).toMatchObject({
      ...untried,
      diagnostics: [{ code: 'trial-missing', severity: 'warning', help: expect.stringContaining('p62515_bicycles') }],
    });
    const untriable = linkShipped('salesforce', ({ anyObject }) => {
      delete anyObject?.trial;
    });
    expect(await tested(untriable, ['Invoice__c'])).toMatchObject([
      { ...untried, object: 'Invoice__c', diagnostics: [{ code: 'trial-missing', severity: 'warning' }] },
    ]);
  });

  it('of which a definition is wrong fail in their cycle', async () => {
    const unmarked = linkShipped('dynamics', ({ anyObject }) => {
      // Nothing that a poll reads shows the mark.
      const write = { method: 'PATCH', path: '/{object.set}({id})', body: { new_framenumber: '{mark}' } };
      if (anyObject !== undefined) {
        anyObject['describe'] = { object: '{object.name}', select: 'IsPrimaryName' };
        anyObject['trial'] = { ...(anyObject['trial'] as object), update: write };
      }
    });
    expect(await tested(unmarked, ['new_bicycle'])).toMatchObject([
      {
        cycle: 'failed',
        diagnostics: [
          { code: 'case-failed', message: expect.stringContaining('does not show what was written before it') },
        ],
      },
    ]);
  });
});
