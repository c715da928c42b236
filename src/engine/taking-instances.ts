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
    for (const one of page.filter(({ nativeWebhooks }) => nativeWebhooks)) {
      const watched = await watchedBy(one, connector, store);
      instances.push({ ...one, credentials: withApp(connector, one.credentials, apps), watched });
    }
    after = page.at(-1)?.id;
    if (page.length < pageSize || after === undefined) return instances;
  }
}

async function watchedBy({ id, objects }: Instance, connector: Connector, store: Store): Promise<WatchedObjects> {
  const on = Object.keys(objects).filter((name) => objects[name]?.enabled);
  const hasAliases = connector.definition.anyObject?.object.describe?.alias !== undefined;
  const named: [string, string | null][] = [];
  for (const name of on.filter((one) => !connector.objects.has(one))) {
    const stored = hasAliases ? await store.getDescription(id, name) : null;
    named.push([name, (stored?.description as Description | undefined)?.alias ?? null]);
  }
  return watchedObjects(
    on.filter((name) => connector.objects.has(name)),
    named,
  );
}
