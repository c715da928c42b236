/** `anyhook keys`: the API keys of a store, beside the processes that run on it. */
import type { Command } from 'commander';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { addApiKey } from '../engine/api-keys.ts';
import { type CompleteConfig, loadConfig } from '../engine/config.ts';
import type { ApiKey, OpenedApiKeys } from '../store/api-key-store.ts';
import { openSqliteApiKeys } from '../store/sqlite.ts';
import { type CommandContext, type ExitCode, exitCodes, type RegisterCommand, tellDiagnostics } from './command.ts';
import { databaseFile } from './database-file.ts';
import { parseKeyName } from './option-values.ts';

interface KeysOptions {
  readonly config?: string;
  readonly data?: string;
  readonly store?: string;
  readonly json?: boolean;
}

interface Asked extends Pick<CommandContext, 'terminal'> {
  readonly store: OpenedApiKeys;
  readonly json: boolean;
}

export const registerKeys: RegisterCommand = (program, context, end) => {
  const keys = program
    .command('keys')
    .summary('list, make and revoke the keys of the API')
    .description(
      'Lists, makes and revokes the keys of the API in the store of a runtime, which may run meanwhile. Keys are kept as ' +
        'hashes: each is shown once, when it is made. One that is revoked is refused from then on, by all processes.',
    )
    .addHelpText('after', '\nExample:\n  $ anyhook keys revoke ci --data ./data');

  withStore(keys.command('list').description('Lists the keys: id, when they were made, name.'))
    .addHelpText('after', '\nExample:\n  $ anyhook keys list --data ./data --json')
    .action(async (options: KeysOptions) => end(await onKeys(options, context, list)));

  withStore(keys.command('new').description('Makes a key and shows it, once.'))
    .argument('<name>', 'what it is for, as in ci: the log of the runtime names the key of each request', parseKeyName)
    .addHelpText('after', '\nExample:\n  $ anyhook keys new ci --data ./data')
    .action(async (name: string, options: KeysOptions) => {
      end(await onKeys(options, context, (asked) => make(name, asked)));
    });

  withStore(keys.command('revoke').description('Revokes a key: it is refused from now on.'))
    .argument('<key>', 'its id, or its name where no other has it')
    .addHelpText('after', '\nExample:\n  $ anyhook keys revoke key_4n1cXq0bTzWp --data ./data')
    .action(async (wanted: string, options: KeysOptions) => {
      end(await onKeys(options, context, (asked) => revoke(wanted, asked)));
    });
};

async function list({ store, json, terminal }: Asked): Promise<ExitCode> {
  const keys = await store.listApiKeys();
  if (json) terminal.print(JSON.stringify({ keys: keys.map(shown) }, null, 2));
  else for (const key of keys) terminal.print(lineOf(key));
  return exitCodes.done;
}

async function make(name: string, asked: Asked): Promise<ExitCode> {
  const { store, json, terminal } = asked;
  const taken = (await store.listApiKeys()).find((key) => key.name === name);
  if (taken !== undefined) return refuse(`The key ${taken.id} is called "${name}".`, 'Choose another name.', asked);
  const { clear, ...key } = await addApiKey(store, name, Date.now());
  terminal.print(json ? JSON.stringify({ ...shown(key), key: clear }, null, 2) : `API key (shown once): ${clear}`);
  return exitCodes.done;
}

async function revoke(wanted: string, asked: Asked): Promise<ExitCode> {
  const { store, json, terminal } = asked;
  const all = await store.listApiKeys();
  const byId = all.filter(({ id }) => id === wanted);
  const [key, ...others] = byId.length > 0 ? byId : all.filter(({ name }) => name === wanted);
  if (key === undefined) return refuse(`There is no key "${wanted}".`, 'See anyhook keys list.', asked);
  if (others.length > 0) {
    const ids = [key, ...others].map(({ id }) => id).join(', ');
    return refuse(`${others.length + 1} keys are called "${wanted}".`, `Name one by its id: ${ids}.`, asked);
  }
  await store.removeApiKey(key.id);
  terminal.print(json ? JSON.stringify({ revoked: shown(key) }, null, 2) : `revoked  ${lineOf(key)}`);
  if (all.length === 1) terminal.note('No key is left: the next start of anyhook serve makes one.');
  return exitCodes.done;
}

function refuse(message: string, help: string, { terminal, json }: Asked): ExitCode {
  return tellDiagnostics([{ code: 'usage', severity: 'error', message, help }], terminal, { json });
}

function withStore(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the runtime, JSON or YAML; flags win over it')
    .option('--data <dir>', 'folder of its database (default ./anyhook-data)')
    .option('--store <url>', 'postgres://…, where it is not in that folder')
    .option('--json', 'print the result as JSON');
}

/** Opens the store that the options name, and the keys in it alone. */
async function onKeys(
  options: KeysOptions,
  { terminal, env }: CommandContext,
  work: (asked: Asked) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { data, json = false } = options;
  const { config, diagnostics } = await loadConfig(options.config ?? null, {
    data,
    store: options.store ?? env['ANYHOOK_STORE'],
  });
  if (!isUsable(diagnostics)) return tellDiagnostics(diagnostics, terminal, { json });
  const store = await openKeys(config);
  try {
    return await work({ store, json, terminal });
  } finally {
    await store.close();
  }
}

async function openKeys({ store, data }: CompleteConfig): Promise<OpenedApiKeys> {
  if (store === undefined) return openSqliteApiKeys(databaseFile(data));
  // Its driver takes a moment to load, which only those wait for who have such a database.
  const { openPostgresApiKeys } = await import('../store/postgres.ts');
  return openPostgresApiKeys({ url: store });
}

const shown = ({ id, name, createdAt }: ApiKey) => ({ id, name, createdAt: new Date(createdAt).toISOString() });

function lineOf(key: ApiKey): string {
  const { id, name, createdAt } = shown(key);
  return `${id}  ${createdAt}  ${name}`;
}
