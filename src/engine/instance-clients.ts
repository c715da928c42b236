/** One authenticated client per instance, so that its feeds share one token. */
import type { Connector } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { AddressRules } from '../http/address-rules.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient } from '../http/vendor-client.ts';
import type { Instance, Store } from '../store/port.ts';
import { type Apps, withApp } from './apps.ts';
import { createQuotaBoard } from './quota-board.ts';

export interface InstanceClientOptions {
  readonly store: Store;
  readonly addressRules: AddressRules;
  readonly clock: Clock;
  /** Names this process to the others. */
  readonly owner: string;
  readonly userAgent: string;
  readonly apps: Apps;
}

export interface InstanceClients {
  /** An instance, also one that is gone and has webhooks registered at its vendor. */
  find(id: string): Promise<Instance | null>;
  /**
   * The client of an instance, which is kept.
   * @throws Failure when the instance does not fit its connector.
   */
  of(connector: Connector, instance: Instance): Promise<VendorClient>;
  /** A client of an instance as it may become, to be closed by the caller. */
  draft(connector: Connector, draft: Instance, options: { readonly isStored: boolean }): DraftClient;
  forget(instanceId: string): Promise<void>;
  close(): Promise<void>;
}

export interface DraftClient {
  readonly client: VendorClient;
  /** Credentials that the vendor replaced and nobody has stored. */
  rotated(): Readonly<Record<string, string>>;
}

/** A client and what it was made from; another client is made when that changes. */
interface KeptClient {
  readonly client: VendorClient;
  settings: string;
  credentials: string;
}

export function createInstanceClients(options: InstanceClientOptions): InstanceClients {
  const { store, clock } = options;
  const clients = new Map<string, KeptClient>();
  const quotas = createQuotas(clock, createQuotaBoard(options));

  const find = async (id: string): Promise<Instance | null> =>
    (await store.getInstance(id)) ?? (await store.getLeavingInstance(id));

  const makeClient = (
    connector: Connector,
    instance: Instance,
    keeping: Pick<Parameters<typeof createVendorClient>[0], 'saveCredentials' | 'loadCredentials'>,
  ): VendorClient => {
    const credentials = withApp(connector, instance.credentials, options.apps);
    const { settings, auth, diagnostics } = checkInstance(connector, { ...instance, credentials });
    if (auth === null || !isUsable(diagnostics)) {
      throw new Failure('credentials-refused', diagnostics[0]?.message ?? 'The instance does not fit its connector.', {
        retryable: false,
        help: diagnostics[0]?.help ?? 'Change the instance.',
      });
    }
    return createVendorClient({
      auth,
      http: connector.definition.http,
      settings,
      credentials,
      ...keeping,
      addressRules: options.addressRules,
      quotas,
      clock,
      userAgent: options.userAgent,
    });
  };

  const keptInStore = (connector: Connector, instance: Instance): KeptClient => {
    const kept: KeptClient = {
      settings: JSON.stringify(instance.settings),
      credentials: JSON.stringify(instance.credentials),
      client: makeClient(connector, instance, {
        saveCredentials: async (changed) => {
          const before: Instance['credentials'] = JSON.parse(kept.credentials);
          const stored = (await find(instance.id))?.credentials ?? {};
          // What the vendor made of the old ones must not take the place of those that a person has given meanwhile.
          if (Object.keys(changed).some((name) => stored[name] !== before[name])) throw replacedMeanwhile();
          await store.saveCredentials(instance.id, changed, clock.now());
          kept.credentials = JSON.stringify({ ...before, ...changed });
        },
        loadCredentials: async () => {
          const stored = (await find(instance.id))?.credentials ?? null;
          if (stored !== null) kept.credentials = JSON.stringify(stored);
          return stored && withApp(connector, stored, options.apps);
        },
      }),
    };
    return kept;
  };

  return {
    find,
    async of(connector, instance) {
      const kept = clients.get(instance.id);
      const fits =
        kept?.settings === JSON.stringify(instance.settings) &&
        kept.credentials === JSON.stringify(instance.credentials);
      if (kept !== undefined && fits) return kept.client;
      const made = keptInStore(connector, instance);
      clients.set(instance.id, made);
      await kept?.client.close();
      return made.client;
    },
    draft(connector, draft, { isStored }) {
      if (isStored) return { client: keptInStore(connector, draft).client, rotated: () => ({}) };
      let rotated: Readonly<Record<string, string>> = {};
      const saveCredentials = async (changed: Readonly<Record<string, string>>): Promise<void> => {
        rotated = { ...rotated, ...changed };
      };
      return { client: makeClient(connector, draft, { saveCredentials }), rotated: () => rotated };
    },
    async forget(instanceId) {
      const kept = clients.get(instanceId);
      clients.delete(instanceId);
      await kept?.client.close();
    },
    async close() {
      await Promise.all([...clients.values()].map(({ client }) => client.close()));
    },
  };
}

function replacedMeanwhile(): Failure {
  return new Failure('credentials-expired', 'The credentials were changed while a poll was using the old ones.', {
    retryable: true,
    help: 'The next poll takes the new ones.',
  });
}
