/** The instances of a connector that take native webhooks, as the intake needs to know them. */
import type { Connector } from '../connector/connector.ts';
import type { Description } from '../connector/description.ts';
import { type WatchedObjects, watchedObjects } from '../inbound/watched-objects.ts';
import type { Instance, Store } from '../store/port.ts';
import { type Apps, withApp } from './apps.ts';

export interface TakingInstance extends Instance {
  /** Which of its objects are on, by what the vendor's webhooks call them. */
  readonly watched: WatchedObjects;
}

const pageSize = 200;

export async function readTakingInstances(
  connector: Connector,
  { store, apps }: { readonly store: Store; readonly apps: Apps },
): Promise<readonly TakingInstance[]> {
  const instances: TakingInstance[] = [];
  for (let after: string | undefined; ; ) {
    const asked = { connector: connector.key, limit: pageSize, ...(after !== undefined && { after }) };
    const page = await store.listInstances(asked);
    const taking = page.filter(({ nativeWebhooks }) => nativeWebhooks);
    const read = async (one: Instance): Promise<TakingInstance> => ({
      ...one,
      credentials: withApp(connector, one.credentials, apps),
      watched: await watchedBy(one, connector, store),
    });
    instances.push(...(await Promise.all(taking.map(read))));
    after = page.at(-1)?.id;
    if (page.length < pageSize || after === undefined) return instances;
  }
}

/** The names of the objects that are on. */
export const objectsOn = (objects: Instance['objects']): readonly string[] =>
  Object.keys(objects).filter((name) => objects[name]?.enabled);

async function watchedBy({ id, objects }: Instance, connector: Connector, store: Store): Promise<WatchedObjects> {
  const on = objectsOn(objects);
  const hasAliases = connector.definition.anyObject?.object.describe?.alias !== undefined;
  const withAlias = async (name: string) => {
    const stored = hasAliases ? await store.getDescription(id, name) : null;
    return [name, (stored?.description as Description | undefined)?.alias ?? null] as const;
  };
  const declared = on.filter((name) => connector.objects.has(name));
  const byName = on.filter((name) => !connector.objects.has(name));
  return watchedObjects(declared, await Promise.all(byName.map(withAlias)));
}
