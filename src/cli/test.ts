/** `anyhook test`: is a connector right? Its definition, its cases, and a full cycle against the vendor's sandbox. */
import { existsSync } from 'node:fs';
import { loadCases, runCase } from '../connector/case.ts';
import type { Connector } from '../connector/connector.ts';
import { readResources } from '../connector/package-files.ts';
import { unknownConnector } from '../connector/unknown-name.ts';
import { runWebhookCase } from '../contract/webhook-case.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { type Catalogue, loadCatalogue } from './catalogue.ts';
import { type CommandContext, type RegisterCommand, tellDiagnostics } from './command.ts';
import { runCycles } from './cycle.ts';
import { collectText } from './option-values.ts';

interface TestOptions {
  readonly connectors: readonly string[];
  readonly json?: boolean;
}

/** What was tried for one connector, and what was wrong. */
interface Tested {
  readonly key: string;
  readonly cases: number;
  /** False where the vendor has no sandbox. */
  readonly cycled: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export const registerTest: RegisterCommand = (program, context, end) => {
  program
    .command('test')
    .summary('test connectors against their cases and sandboxes')
    .description(
      'Tests connectors: the definition, its cases (native record or webhook in, event out), and a full cycle against the\n' +
        'vendor’s sandbox, in which a record is created, edited twice and deleted. Names are keys, or paths of your own\n' +
        'connectors.',
    )
    .argument('[connectors...]', 'keys or paths (default: all)')
    .option('--connectors <path>', 'folder or file of your own connectors; may be repeated', collectText, [])
    .option('--json', 'print {"diagnostics": […]}')
    .addHelpText('after', '\nExample:\n  $ anyhook test ./connectors/acme')
    .action(async (names: readonly string[], options: TestOptions) => {
      const { terminal } = context;
      const paths = names.filter((name) => /[\\/.]/.test(name) && existsSync(name));
      const catalogue = await loadCatalogue([...options.connectors, ...paths]);
      const keys = wantedKeys(names, paths, catalogue);
      const diagnostics: Diagnostic[] = [...catalogue.diagnostics];
      for (const key of keys) {
        const connector = catalogue.connectors.get(key);
        if (connector === undefined) {
          diagnostics.push(unknownConnector(key, catalogue.connectors));
          continue;
        }
        const tested = await testConnector(connector, catalogue, context);
        diagnostics.push(...tested.diagnostics);
        if (options.json !== true) terminal.print(testedLine(tested));
      }
      end(tellDiagnostics(diagnostics, terminal, { json: options.json }));
    });
};

/** Keys as they were named; for a path, the keys of the connectors found there. */
function wantedKeys(
  names: readonly string[],
  paths: readonly string[],
  { connectors, files }: Catalogue,
): readonly string[] {
  if (names.length === 0) return [...connectors.keys()];
  const atPath = (path: string): string[] =>
    [...files].filter(([, file]) => file.startsWith(path.replace(/\/$/, ''))).map(([key]) => key);
  return names.flatMap((name) => (paths.includes(name) ? atPath(name) : [name]));
}

async function testConnector(connector: Connector, { files }: Catalogue, context: CommandContext): Promise<Tested> {
  const { key, definition } = connector;
  const done = context.terminal.progress(`Testing ${key}`);
  try {
    const resources = readResources();
    const loaded = await loadCases(files.get(key) ?? '');
    const failed: Diagnostic[] = [];
    // One after another: a mapping has so long, by the clock, and must not lose its time to the others.
    for (const { case: testCase, source } of loaded.cases)
      failed.push(...(await runCase(connector, testCase, resources, source)));
    for (const { case: testCase, source } of loaded.webhooks)
      failed.push(...(await runWebhookCase(connector, testCase, source)));
    const cycled = definition.sandbox !== undefined;
    const cycle = cycled ? await runCycles(connector, context.signal) : [];
    return {
      key,
      cases: loaded.cases.length + loaded.webhooks.length,
      cycled,
      diagnostics: [...loaded.diagnostics, ...failed, ...cycle],
    };
  } finally {
    done();
  }
}

function testedLine({ key, cases, cycled, diagnostics }: Tested): string {
  const cycle = cycled ? 'full cycle at the sandbox' : 'no sandbox of this vendor';
  return `${isUsable(diagnostics) ? 'ok  ' : 'FAIL'}  ${key}: ${cases} cases, ${cycle}`;
}
