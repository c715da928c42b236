/** The whole runtime on one data folder: store, connectors, workers and HTTP server. `serve` and `demo` start it. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { createApiKey } from '../engine/api-keys.ts';
import { checkApps } from '../engine/check-apps.ts';
import type { CompleteConfig } from '../engine/config.ts';
import type { Log } from '../engine/log.ts';
import { parseRetention } from '../engine/retention.ts';
import { createRuntime } from '../engine/runtime.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import { close as closeServer, listen } from '../server/listen.ts';
import { createServer } from '../server/server.ts';
import type { Store } from '../store/port.ts';
import { loadSecretKey } from '../store/secret-key.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { loadCatalogue } from './catalogue.ts';
import { databaseFile } from './database-file.ts';
import { userAgent } from './version.ts';

export interface RunningRuntime {
  readonly url: string;
  /** The API key that this start made, in clear; null when the store has keys already and no other was wanted. */
  readonly newApiKey: string | null;
  /** What is wrong with connectors that were left out, and hints on those that run. */
  readonly diagnostics: readonly Diagnostic[];
  close(): Promise<void>;
}

export interface StartOptions {
  readonly config: CompleteConfig;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name of one more API key to make, where those before are lost. */
  readonly newApiKey?: string | undefined;
}

/**
 * Starts a runtime. A broken connector is left out and reported; the others run.
 * @throws Failure `store-locked`, `secret-key-wrong`, `listen-failed` and their like.
 */
export async function startRuntime({ config, log, env, newApiKey: wanted }: StartOptions): Promise<RunningRuntime> {
  const { connectors, diagnostics } = await loadCatalogue(config.connectors);
  const { rules, diagnostics: addressDiagnostics } = compileAddressRules(config.allowAddresses);
  const secretKey = await loadSecretKey(config.data, env);
  const store = await openStore(config, secretKey);
  const runtime = createRuntime({
    store,
    connectors,
    addressRules: rules,
    log,
    pollConcurrency: config.pollConcurrency,
    deliveryConcurrency: config.deliveryConcurrency,
    retainMs: parseRetention(config.retain),
    publicUrl: config.publicUrl,
    userAgent,
    apps: config.apps,
    appHosts: config.appHosts,
    ...(config.publicUrl !== undefined && {
      connecting: { secretKey, publicUrl: config.publicUrl, allowRedirects: config.allowRedirects },
    }),
  });
  const server = createServer({ runtime, log });
  try {
    const url = await listen(server, { host: config.host, port: config.port });
    // Not before the port is ours: a key that is made by a start that fails is one that nobody has seen.
    const newApiKey = await makeApiKey(store, wanted);
    runtime.start();
    return {
      url,
      newApiKey,
      diagnostics: [...diagnostics, ...addressDiagnostics, ...checkApps(connectors, config.apps, config.appHosts)],
      async close() {
        await closeServer(server);
        await runtime.close();
      },
    };
  } catch (error) {
    await closeServer(server, 0);
    await runtime.close(0);
    throw error;
  }
}

async function makeApiKey(store: Store, wanted: string | undefined): Promise<string | null> {
  const name = wanted ?? ((await store.listApiKeys()).length === 0 ? 'first' : null);
  return name === null ? null : createApiKey(store, name, Date.now());
}

/** PostgreSQL where a URL is given, else SQLite in the data folder. */
async function openStore(config: CompleteConfig, secretKey: Buffer): Promise<Store> {
  if (config.store === undefined) return openSqliteStore({ file: databaseFile(config.data), secretKey });
  // Its driver takes a moment to load, which only those wait for who have such a database.
  const { openPostgresStore } = await import('../store/postgres.ts');
  return openPostgresStore({ url: config.store, secretKey });
}
