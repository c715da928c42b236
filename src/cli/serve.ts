/** `anyhook serve`: the runtime with its HTTP API. */
import { checkPaths } from '../connector/load.ts';
import { parseSource } from '../connector/source.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { type CompleteConfig, loadConfig } from '../engine/config.ts';
import { createLog } from '../engine/log.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import { exitCodes, type RegisterCommand, tellDiagnostics } from './command.ts';
import { collectText, parseKeyName, parsePort } from './option-values.ts';
import { startRuntime } from './start-runtime.ts';
import { untilAborted } from './until-aborted.ts';

interface ServeOptions {
  readonly config?: string;
  readonly data?: string;
  readonly store?: string;
  readonly port?: number;
  readonly host?: string;
  readonly publicUrl?: string;
  readonly allowRedirect: readonly string[];
  readonly connectors: readonly string[];
  readonly allowAddress: readonly string[];
  readonly retain?: string;
  readonly newApiKey?: string | true;
  readonly logLevel?: CompleteConfig['logLevel'];
}

export const registerServe: RegisterCommand = (program, { terminal, signal, env }, end) => {
  program
    .command('serve')
    .summary('run the runtime and its HTTP API')
    .description(
      'Runs the runtime: polls vendors, delivers events, and serves the HTTP API under /v1 (described at /openapi.json). ' +
        'The first start makes an API key and shows it once; where it is lost, --new-api-key makes another. Secrets are ' +
        'sealed with the key in the data folder, or in ANYHOOK_SECRET_KEY (32 bytes, base64): keep it, for nothing opens ' +
        'them without it. Your own apps at vendors are in ' +
        'the configuration or in ANYHOOK_APPS: {"connector": {"clientId": "…", "clientSecret": "…"}}.',
    )
    .option('--config <file>', 'configuration file, JSON or YAML; flags win over it')
    .option('--data <dir>', 'folder of the database (default ./anyhook-data)')
    .option('--store <url>', 'postgres://… for several processes at once (default: SQLite in --data)')
    .option('--port <port>', 'port to listen on; 0 takes a free one (default 8080)', parsePort)
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--public-url <url>', 'how this server is reached from outside, by vendors and browsers')
    .option('--allow-redirect <origin>', 'where browsers may go after connecting; may be repeated', collectText, [])
    .option('--connectors <path>', 'folder or file of your own connectors; may be repeated', collectText, [])
    .option('--allow-address <host|cidr>', 'private address that calls may reach; may be repeated', collectText, [])
    .option('--retain <time>', 'how long events are kept, as in 36h or 30d (default 30d)')
    .option(
      '--new-api-key [name]',
      'make one more API key and show it once; those before stay good: see anyhook keys',
      parseKeyName,
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent')
    .addHelpText('after', '\nExample:\n  $ anyhook serve --data ./data --port 8080 --allow-address 127.0.0.0/8')
    .action(async (options: ServeOptions) => {
      const { apps, diagnostics: appsProblem } = readApps(env['ANYHOOK_APPS']);
      const { config, diagnostics } = await loadConfig(options.config ?? null, {
        data: options.data,
        store: options.store ?? env['ANYHOOK_STORE'],
        port: options.port,
        host: options.host,
        retain: options.retain,
        publicUrl: options.publicUrl,
        logLevel: options.logLevel,
        allowRedirects: options.allowRedirect.length > 0 ? [...options.allowRedirect] : undefined,
        apps,
        connectors: options.connectors.length > 0 ? [...options.connectors] : undefined,
        allowAddresses: options.allowAddress.length > 0 ? [...options.allowAddress] : undefined,
      });
      // A rule that cannot be read must not be passed over: what its author meant to allow would fail later, far away.
      const { diagnostics: rules } = compileAddressRules(config.allowAddresses);
      // Nor a folder that is not there: all accounts of its connectors would stand still.
      const wrong = [...appsProblem, ...diagnostics, ...rules, ...(await checkPaths(config.connectors))];
      if (!isUsable(wrong)) return end(tellDiagnostics(wrong, terminal));
      const running = await startRuntime({
        config,
        log: createLog(config.logLevel),
        env,
        newApiKey: options.newApiKey === true ? 'another' : options.newApiKey,
      });
      tellDiagnostics(running.diagnostics, terminal);
      if (running.newApiKey !== null) {
        terminal.print(`API key (shown once): ${running.newApiKey}`);
      }
      terminal.print(`Listening at ${running.url}`);
      await untilAborted(signal);
      terminal.note('Stopping …');
      await running.close();
      end(exitCodes.done);
    });
};

interface ReadApps {
  readonly apps: CompleteConfig['apps'] | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Their shape is the configuration's to check. */
function readApps(text = ''): ReadApps {
  if (text === '') return { apps: undefined, diagnostics: [] };
  const { value, diagnostics } = parseSource('ANYHOOK_APPS.json', text, { hasSecrets: true });
  const told = diagnostics.map(({ place, message, ...rest }) => ({ ...rest, message: `ANYHOOK_APPS: ${message}` }));
  return { apps: value as CompleteConfig['apps'] | undefined, diagnostics: told };
}
