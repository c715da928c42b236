/** A shipped connector's object at its vendor's sandbox, as it is or with something wrong with it. */
import { readFileSync } from 'node:fs';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import type { Connector, ConnectorObject } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { describeAtSandbox } from '../../src/contract/named-objects.ts';
import type { Stage } from '../../src/contract/stage.ts';
import type { ObjectDefinition } from '../../src/definition/connector.ts';

const context = createLinkContext((await loadDialects()).dialects);

/** What a mutation changes: the object's definition as it was read, anything goes. */
export type Loose = { [K in keyof ObjectDefinition]?: unknown } & Record<string, never | unknown>;

/**
 * @param change gets the definitions of the declared objects, and the one of objects by name as `anyObject`.
 * @throws Error with what validate says.
 */
export function linkShipped(key: string, change: (objects: Record<string, Loose>) => void = () => {}): Connector {
  const file = new URL(`../../connectors/${key}/connector.json`, import.meta.url);
  const definition = JSON.parse(readFileSync(file, 'utf8'));
  change({ ...definition.objects, ...(definition.anyObject && { anyObject: definition.anyObject.object }) });
  const { connector, diagnostics } = linkConnector(definition, context);
  if (connector === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return connector;
}

export function stageOf(connector: Connector, name: string): Stage {
  return stageWith(connector, connector.objects.get(name));
}

/** Also of an object by name, as the sandbox describes it. */
export async function anyStageOf(connector: Connector, name: string): Promise<Stage> {
  if (connector.objects.has(name)) return stageOf(connector, name);
  const { object } = await describeAtSandbox(name, placed(connector));
  return stageWith(connector, object ?? undefined);
}

const placed = (connector: Connector) => ({
  connector,
  place: { vendor: sandboxVendor(connector), access: (origin: string) => atSandbox(connector, origin) },
  userAgent: 'anyhook/test',
  signal: new AbortController().signal,
});

function stageWith(connector: Connector, object: ConnectorObject | undefined): Stage {
  const sandboxObject = connector.definition.sandbox?.objects[object?.name ?? ''];
  if (object === undefined || object.trial === null || sandboxObject === undefined)
    throw new Error(`no trial of ${object?.name}`);
  return { ...placed(connector), object, trial: object.trial, sandboxObject };
}
