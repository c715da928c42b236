/** One authenticated client per instance or app, so that its feeds share one token. */
import type { Connector } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import type { AuthMethod } from '../definition/connector.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { AddressRules } from '../http/address-rules.ts';
import type { TokenHosts } from '../http/auth/token-hosts.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import type { Resolve } from '../http/guarded-lookup.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient, type InstanceClient, type VendorClientOptions } from '../http/vendor-client.ts';
import type { Instance, Store } from '../store/port.ts';
import { type AppHosts, type Apps, appHosts, withApp } from './apps.ts';
import { createCredentialVault } from './credential-vault.ts';
import { createQuotaBoard } from './quota-board.ts';

export interface InstanceClientOptions {
  readonly store: Store;
  readonly addressRules: AddressRules;
  readonly clock: Clock;
  /** Names this process to the others. */
  readonly owner: string;
  readonly userAgent: string;
  readonly apps: Apps;
  readonly appHosts: AppHosts;
  /** How names are resolved, when not by the system. */
  readonly resolve?: Resolve;
}

/** Who is authenticated: an instance, or an operator's app. */
export type ClientOwner = Pick<Instance, 'id' | 'settings' | 'credentials'> & Partial<Pick<Instance, 'objects'>>;

export interface InstanceClients {
  /** An instance, also one that is gone and has webhooks registered at its vendor. */
  find(id: string): Promise<Instance | null>;
  /**
   * The client of an instance or an app, which is kept.
   * @throws Failure when it does not fit its connector.
   */
  of(connector: Connector, instance: ClientOwner): Promise<VendorClient>;
  /** A client of an instance as it may become, to be closed by the caller. */
  draft(connector: Connector, draft: ClientOwner, options: { readonly isStored: boolean }): DraftClient;
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
  readonly client: InstanceClient;
  readonly settings: string;
  /** The names of credentials that are replaced while they are used, which the client finds in its vault. */
  readonly rotated: readonly string[];
  credentials: Instance['credentials'];
}

export function createInstanceClients(options: InstanceClientOptions): InstanceClients {
  const { store, clock } = options;
  const clients = new Map<string, KeptClient>();
  const quotas = createQuotas(clock, createQuotaBoard(options));

  const find = async (id: string): Promise<Instance | null> =>
    (await store.getInstance(id)) ?? (await store.getLeavingInstance(id));

  const makeClient = (
    connector: Connector,
    instance: ClientOwner,
    keepingOf: (
      auth: AuthMethod,
      tokenHosts: TokenHosts | undefined,
    ) => Pick<VendorClientOptions, 'saveCredentials' | 'vault'>,
  ): InstanceClient => {
    const credentials = withApp(connector, instance.credentials, options.apps);
    const { settings, auth, diagnostics } = checkInstance(connector, { ...instance, credentials });
    if (auth === null || !isUsable(diagnostics)) {
      throw new Failure('credentials-refused', diagnostics[0]?.message ?? 'The instance does not fit its connector.', {
        retryable: false,
        help: diagnostics[0]?.help ?? 'Change the instance.',
      });
    }
    const tokenHosts = appHosts(connector, instance.credentials, credentials, options.appHosts);
    const keeping = keepingOf(auth, tokenHosts);
    return createVendorClient({
      auth,
      http: connector.definition.http,
      settings,
      credentials,
      ...keeping,
      tokenHosts,
      addressRules: options.addressRules,
      quotas,
      clock,
      userAgent: options.userAgent,
      ...(options.resolve !== undefined && { resolve: options.resolve }),
    });
  };

  const keptInStore = (connector: Connector, instance: ClientOwner): KeptClient => {
    let rotated: readonly string[] = [];
    const client = makeClient(connector, instance, (auth, tokenHosts) => {
      rotated = rotatedNames(auth);
      const vault = createCredentialVault({
        store,
        clock,
        instanceId: instance.id,
        // A client that was made without the app never gets it, for it may send its credentials anywhere.
        complete: (stored) => (tokenHosts === undefined ? stored : withApp(connector, stored, options.apps)),
        onStored: (stored) => {
          for (const name of rotated)
            if (stored[name] !== undefined) kept.credentials = { ...kept.credentials, [name]: stored[name] };
        },
      });
      return { vault };
    });
    const { credentials } = instance;
    const kept: KeptClient = { client, settings: JSON.stringify(instance.settings), rotated, credentials };
    return kept;
  };

  return {
    find,
    async of(connector, instance) {
      const kept = clients.get(instance.id);
      if (kept?.settings === JSON.stringify(instance.settings)) {
        const names = changedNames(kept.credentials, instance.credentials);
        if (names.every((name) => kept.rotated.includes(name))) {
          // Another process has renewed them, or a person has: polls under way go on with what they have.
          if (names.length > 0) kept.client.recheck();
          kept.credentials = instance.credentials;
          return kept.client;
        }
      }
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
      return { client: makeClient(connector, draft, () => ({ saveCredentials })), rotated: () => rotated };
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

function rotatedNames(auth: AuthMethod): readonly string[] {
  return auth.kind === 'token' ? Object.keys(auth.token.rotates ?? {}) : [];
}

function changedNames(before: Instance['credentials'], after: Instance['credentials']): readonly string[] {
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
}
