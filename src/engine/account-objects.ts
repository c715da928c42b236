/**
 * The objects of accounts: those of the connector with the fields that the vendor tells of. What it told is in the store,
 * so that a restart need not ask; it is asked again now and then, and when a poll finds that something is missing.
 */
import { askDescription, untold } from '../change/describe.ts';
import { mayBeNamed, objectNamed } from '../connector/any-object.ts';
import type { Connector, ConnectorObject } from '../connector/connector.ts';
import { type DescribedObject, describedObject, type FieldWishes, wishesThatAreLeft } from '../connector/described.ts';
import type { Description } from '../connector/description.ts';
import { unknownObject } from '../connector/unknown-name.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import type { Instance, Store, StoredDescription } from '../store/port.ts';
import { lossNotice } from './lost-fields.ts';

export interface AccountObjects {
  /**
   * An object of an instance; null when there is none of this name. Fields that were read of it and that the account has
   * no longer are left out, and the stream is told of them.
   * @param client asks the vendor, when it must be asked.
   * @throws Failure when the vendor does not tell, or `field-missing` when it has no longer what the object needs.
   */
  object(
    connector: Connector,
    instance: Instance,
    name: string,
    client: () => Promise<VendorClient>,
    signal?: AbortSignal,
  ): Promise<ConnectorObject | null>;
  forget(instanceId: string): void;
}

interface Known {
  readonly dueAt: number;
  /** The settings that it was linked for, as JSON. */
  readonly wishes: string;
  readonly object: ConnectorObject;
}

/** After a vendor did not tell what it told before. */
const retryMs = 10 * 60_000;

/** Asks what an object is like. @throws Failure, of an object that the account does not have with a remedy. */
export async function askObject(
  client: VendorClient,
  connector: Connector,
  name: string,
  settings: Instance['settings'],
  signal?: AbortSignal,
): Promise<Description> {
  const object = objectNamed(connector, name);
  if (object === null || object.describe === null) throw new Error(`${name} cannot be described`);
  try {
    return await askDescription(client, object.describe, settings, signal);
  } catch (error) {
    if (!(error instanceof Failure) || !['not-found', 'field-missing'].includes(error.code)) throw error;
    if (connector.objects.has(name)) throw error;
    throw new Failure('field-missing', `The account has no object "${name}", or does not show it.`, {
      retryable: false,
      help: unknownObject(name, connector).help ?? 'Name another.',
      detail: error.detail,
      cause: error,
    });
  }
}

/** What is known of an object: as the account tells it, or a declared one as it is declared where the account does not. */
async function askOrDeclare(
  client: VendorClient,
  connector: Connector,
  name: string,
  settings: Instance['settings'],
  signal?: AbortSignal,
): Promise<Description> {
  try {
    return await askObject(client, connector, name, settings, signal);
  } catch (error) {
    if (!(error instanceof Failure) || !connector.objects.has(name) || !untold.includes(error.code)) throw error;
    return noDescription;
  }
}

/**
 * An object as the account has it, for who keeps nothing. null, without diagnostics, for a name that is none.
 * @throws Failure when the vendor does not tell.
 */
export async function readAccountObject(
  connector: Connector,
  name: string,
  wishes: FieldWishes,
  { client, settings, signal }: { client: VendorClient; settings: Instance['settings']; signal?: AbortSignal },
): Promise<DescribedObject> {
  const object = objectNamed(connector, name);
  if (object === null || object.describe === null) return { object, diagnostics: [] };
  const description = await askOrDeclare(client, connector, name, settings, signal);
  return describedObject(connector, name, description, wishes);
}

/** The object as it is with what its account has. @throws Failure `field-missing` where something that it needs is gone. */
function linked(connector: Connector, name: string, description: object, wishes: FieldWishes): ConnectorObject {
  const told = description as Description;
  const left = wishesThatAreLeft(connector, name, told, wishes);
  const { object, diagnostics } = describedObject(connector, name, told, left);
  if (object !== null && isUsable(diagnostics)) return object;
  const problem = diagnostics.find(({ severity }) => severity === 'error');
  throw new Failure('field-missing', problem?.message ?? `${name} is not what it was.`, {
    retryable: false,
    ...(problem?.help !== undefined && { help: problem.help }),
  });
}

export function createAccountObjects({ store, clock }: { store: Store; clock: Clock }): AccountObjects {
  const known = new Map<string, Known>();

  const describe = async (
    connector: Connector,
    instance: Instance,
    object: string,
    wishes: FieldWishes,
    client: () => Promise<VendorClient>,
    signal: AbortSignal | undefined,
  ): Promise<StoredDescription> => {
    const { id: instanceId, settings } = instance;
    const kept = await store.getDescription(instanceId, object);
    const stored = kept !== null && tellsAll(kept.description as Description, connector, object) ? kept : null;
    const now = clock.now();
    if (stored !== null && stored.dueAt > now) return stored;
    const save = async (description: object, afterMs: number): Promise<StoredDescription> => {
      const saved = { instanceId, object, description, dueAt: Math.round(now + afterMs) };
      if (stored === null) {
        await store.saveDescription(saved);
        return saved;
      }
      const both = { before: stored.description as Description, after: description as Description };
      const notice = lossNotice(connector, instance, object, wishes, both, now);
      await store.saveDescription(saved, notice === null ? undefined : { insteadOf: stored.dueAt, notice, now });
      return saved;
    };
    const everyMs = (objectNamed(connector, object)?.describe?.everyMs ?? 0) * (0.9 + 0.2 * clock.random());
    try {
      return await save(await askOrDeclare(await client(), connector, object, settings, signal), everyMs);
    } catch (error) {
      if (!(error instanceof Failure) || signal?.aborted === true) throw error;
      if (stored !== null && stored.dueAt > 0) return save(stored.description, retryMs);
      throw error;
    }
  };

  return {
    async object(connector, instance, name, client, signal) {
      const declared = connector.objects.get(name) ?? null;
      if (declared === null ? !mayBeNamed(connector, name) : declared.describe === null) return declared;
      const { where = null, fields = null } = instance.objects[name] ?? {};
      const wishes = { where, fields };
      const { description, dueAt } = await describe(connector, instance, name, wishes, client, signal);
      const wished = JSON.stringify(wishes);
      const key = keyOf(instance.id, name);
      const before = known.get(key);
      if (before?.dueAt === dueAt && before.wishes === wished) return before.object;
      const object = linked(connector, name, description, wishes);
      known.set(key, { dueAt, wishes: wished, object });
      return object;
    },
    forget(instanceId) {
      for (const key of known.keys()) if (key.startsWith(keyOf(instanceId))) known.delete(key);
    },
  };
}

const noDescription: Description = { values: {}, fields: null };

/** One that was kept for an earlier definition of the connector may lack what this one needs to know of an object. */
function tellsAll({ values, alias }: Description, connector: Connector, name: string): boolean {
  const describe = connector.objects.has(name) ? null : (objectNamed(connector, name)?.describe ?? null);
  if (describe === null) return true;
  const isNamed = describe.alias === null || alias !== undefined;
  return isNamed && [...describe.values.keys()].every((value) => Object.hasOwn(values, value));
}

/** Without an object, what the keys of all objects of an instance begin with. */
const keyOf = (instanceId: string, ...object: readonly string[]): string => [instanceId, ...object].join('\n');
