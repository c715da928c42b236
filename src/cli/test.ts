/** `anyhook test`: is a connector right? Its definition, its cases, a full cycle and the laws at the vendor's sandbox. */
import { randomInt } from 'node:crypto';
import { loadCases, runCase } from '../connector/case.ts';
import type { Connector } from '../connector/connector.ts';
import { readResources } from '../connector/package-files.ts';
import { unknownObject } from '../connector/unknown-name.ts';
import { type ObjectTested, testAtSandbox } from '../contract/at-sandbox.ts';
import { tellBroken } from '../contract/broken-law.ts';
import { triableObjects } from '../contract/named-objects.ts';
import { runWebhookCase } from '../contract/webhook-case.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { type Catalogue, loadCatalogue } from './catalogue.ts';
import {
  type CommandContext,
  diagnosticJson,
  type ExitCode,
  type RegisterCommand,
  tellDiagnostics,
} from './command.ts';
import { loadNamed, loadOne } from './named-connectors.ts';
import { collectText, parseCount } from './option-values.ts';
import { atSandbox, sandboxVendor } from './sandbox-instance.ts';
import { type LiveOptions, runLive, usage } from './test-live.ts';
import { userAgent } from './version.ts';

interface TestOptions extends LiveOptions {
  readonly connectors: readonly string[];
  readonly seed?: number;
  readonly runs: number;
  readonly live?: boolean;
}

/** What was tried for one connector, and what was wrong. */
interface Tested {
  readonly key: string;
  readonly cases: number;
  /** null where the vendor has no sandbox. */
  readonly objects: readonly ObjectTested[] | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** How often the laws are run by default: a few seconds for a connector. */
const defaultRuns = 2;

export const registerTest: RegisterCommand = (program, context, end) => {
  program
    .command('test')
    .summary('test connectors against their cases and sandboxes')
    .description(
      'Tests connectors: the definition; its cases (native record or webhook in, event out); and, object by object at the ' +
        'vendor’s sandbox, those by name too, a full cycle, in which a record is created, edited twice and deleted, and ' +
        'the laws: people write, the vendor lags, refuses and forgets, and the process crashes, by scripts drawn from a ' +
        'seed; nothing may be lost, told twice or told wrongly. Names are keys, or paths of your own connectors.',
    )
    .argument('[connectors...]', 'keys or paths (default: all)')
    .option('--connectors <path>', 'folder or file of your own connectors; may be repeated', collectText, [])
    .option('--object <name>', 'only this object, also one by name; may be repeated', collectText, [])
    .option('--seed <number>', 'what the scripts of the laws are drawn from (default: by chance)', parseCount)
    .option('--runs <count>', 'scripts that each object is put through; 0 for none', parseCount, defaultRuns)
    .option('--live', 'run the cycle at a real account instead; says what it will write, asks, and cleans up')
    .option(
      '--instance <file>',
      'JSON or YAML file with "settings" and "credentials" of that account, and "objects" by name',
    )
    .option('--yes', 'write without asking')
    .option('--allow-address <host|cidr>', 'private address that a live test may reach', collectText, [])
    .option('--json', 'print {"diagnostics": […], "connectors": […]}')
    .addHelpText('after', '\nExample:\n  $ anyhook test ./connectors/acme --runs 50')
    .action(async (names: readonly string[], options: TestOptions) => {
      const { terminal } = context;
      if (options.live === true) return end(await testAccount(names, options, context));
      const seed = options.seed ?? randomInt(1_000_000);
      const { named, ...catalogue } = await loadWanted(names, options.connectors);
      const all: Tested[] = [];
      const diagnostics: Diagnostic[] = [...catalogue.diagnostics];
      for (const connector of named) {
        const triable = triableObjects(connector, { vendor: sandboxVendor(connector) });
        const unknown = options.object.filter((name) => !triable.includes(name));
        diagnostics.push(...unknown.map((name) => unknownObject(name, connector, triable, null)));
        const tested = await testConnector(connector, catalogue, { ...options, seed }, context);
        all.push(tested);
        diagnostics.push(...tested.diagnostics);
        if (options.json !== true) tellTested(tested, connector, seed, context);
      }
      const more = { connectors: all.map(testedJson) };
      end(tellDiagnostics(diagnostics, terminal, { json: options.json, more }));
    });
};

async function testAccount(names: readonly string[], options: TestOptions, context: CommandContext): Promise<ExitCode> {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) return usage('A live test is of one connector.', context);
  const { connector, diagnostics } = await loadOne(name, options.connectors);
  if (connector === null) return tellDiagnostics(diagnostics, context.terminal, { json: options.json });
  return runLive(connector, options, context);
}

/** Those that are named; all that there are when none is. */
async function loadWanted(names: readonly string[], own: readonly string[]): ReturnType<typeof loadNamed> {
  if (names.length > 0) return loadNamed(names, own);
  const catalogue = await loadCatalogue(own);
  return { ...catalogue, named: [...catalogue.connectors.values()] };
}

async function testConnector(
  connector: Connector,
  { files }: Catalogue,
  { seed, runs, object }: TestOptions & { readonly seed: number },
  { terminal, signal }: CommandContext,
): Promise<Tested> {
  const { key } = connector;
  const loaded = await loadCases(files.get(key) ?? '');
  const failed: Diagnostic[] = [];
  const done = terminal.progress(`Testing ${key}: cases`);
  try {
    const resources = readResources();
    // One after another: a mapping has so long, by the clock, and must not lose its time to the others.
    for (const { case: testCase, source } of loaded.cases)
      failed.push(...(await runCase(connector, testCase, resources, source)));
    for (const { case: testCase, source } of loaded.webhooks)
      failed.push(...(await runWebhookCase(connector, testCase, source)));
  } finally {
    done();
  }
  const place = { vendor: sandboxVendor(connector), access: (origin: string) => atSandbox(connector, origin) };
  const objects = await testAtSandbox({
    connector,
    place,
    userAgent,
    signal,
    seed,
    runs,
    objects: object.length === 0 ? null : object,
    progress: (label) => terminal.progress(label),
  });
  return {
    key,
    cases: loaded.cases.length + loaded.webhooks.length,
    objects,
    diagnostics: [...loaded.diagnostics, ...failed, ...(objects ?? []).flatMap(({ diagnostics }) => diagnostics)],
  };
}

function tellTested(
  { key, cases, objects, diagnostics }: Tested,
  connector: Connector,
  seed: number,
  { terminal }: CommandContext,
): void {
  const tried = (objects ?? []).filter(({ cycle }) => cycle !== null);
  const runs = tried.reduce((sum, { laws }) => sum + (laws?.runs ?? 0), 0);
  const laws = runs === 0 ? '' : `, laws in ${counted(runs, 'run')} (the same again: --seed ${seed})`;
  const named = tried.map(({ object }) => object).filter((name) => !connector.objects.has(name));
  const byName = named.length === 0 ? '' : ` (${named.join(', ')} by name)`;
  const sandbox =
    objects === null ? 'no sandbox of this vendor' : `full cycle of ${counted(tried.length, 'object')}${byName}${laws}`;
  terminal.print(`${isUsable(diagnostics) ? 'ok  ' : 'FAIL'}  ${key}: ${counted(cases, 'case')}, ${sandbox}`);
  for (const { object, laws: ran } of tried) {
    if (ran !== null && ran.broken !== null) terminal.note(`${key} ${object}:\n${tellBroken(ran.broken)}`);
  }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function testedJson({ key, cases, objects }: Tested): unknown {
  const shown = objects?.map(({ diagnostics, ...rest }) => ({ ...rest, diagnostics: diagnostics.map(diagnosticJson) }));
  return { key, cases, objects: shown ?? null };
}
