/** A shipped connector's object at its vendor's sandbox, as it is or with something wrong with it. */
import { readFileSync } from 'node:fs';
import { atSandbox, sandboxVendor } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { Stage } from '../../src/contract/play.ts';
import type { ObjectDefinition } from '../../src/definition/connector.ts';

const context = createLinkContext((await loadDialects()).dialects);

/** What a mutation changes: the object's definition as it was read, anything goes. */
export type Loose = { [K in keyof ObjectDefinition]?: unknown } & Record<string, never | unknown>;

/** @throws Error with what validate says. */
export function linkShipped(key: string, change: (objects: Record<string, Loose>) => void = () => {}): Connector {
  const file = new URL(`../../connectors/${key}/connector.json`, import.meta.url);
  const definition = JSON.parse(readFileSync(file, 'utf8'));
  change(definition.objects);
  const { connector, diagnostics } = linkConnector(definition, context);
  if (connector === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return connector;
}

export function stageOf(connector: Connector, name: string): Stage {
  const object = connector.objects.get(name);
  const sandboxObject = connector.definition.sandbox?.objects[name];
  if (object === undefined || object.trial === null || sandboxObject === undefined)
    throw new Error(`no trial of ${name}`);
  return {
    connector,
    object,
    trial: object.trial,
    place: { vendor: sandboxVendor(connector), access: (origin) => atSandbox(connector, origin) },
    sandboxObject,
    userAgent: 'anyhook/test',
    signal: new AbortController().signal,
  };
}
