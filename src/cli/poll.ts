/** `anyhook poll`: one poll of one object, its events as NDJSON on stdout, its cursor in the workspace file. */
import { cursorText } from '../change/cursor-text.ts';
import { pollFeed } from '../change/poll.ts';
import { emptyReport, type PollReport } from '../change/poll-report.ts';
import type { Connector } from '../connector/connector.ts';
import { withObjects } from '../connector/described.ts';
import { checkInstance } from '../connector/instance.ts';
import { narrowDetection } from '../connector/narrow.ts';
import { renderRequest } from '../connector/render-request.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { readAccountObject } from '../engine/account-objects.ts';
import { toldSettings } from '../engine/told-settings.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import type { VendorClient } from '../http/client.ts';
import type { Feed } from '../store/port.ts';
import { openAccountClient } from './account-client.ts';
import { type CommandContext, type ExitCode, exitCodes, type RegisterCommand, tellDiagnostics } from './command.ts';
import { type InstanceOptions, readInstance } from './instance-file.ts';
import { loadOne } from './named-connectors.ts';
import { collectText, parseInstant } from './option-values.ts';
import type { SandboxAccess } from './sandbox-instance.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

interface PollOptions extends InstanceOptions {
  readonly where?: string;
  readonly since?: number;
  readonly name: string;
  readonly workspace: string;
  readonly connectors: readonly string[];
  readonly allowAddress: readonly string[];
  readonly json?: boolean;
}

export const registerPoll: RegisterCommand = (program, context, end) => {
  program
    .command('poll')
    .summary('poll one object once, events as NDJSON')
    .description(
      'Polls one object of one account once and prints its events as one line of JSON each. The cursor and the versions ' +
        'seen stand in the workspace file, so that the next poll goes on from there. The first poll starts now, or at ' +
        '--since. Events are printed before the workspace is written: after a crash in between they come again.',
    )
    .argument('<connector>', 'key of the connector, or path of your own')
    .argument('<object>', 'object of the connector')
    .option('--instance <file>', 'JSON or YAML file with "settings" and "credentials"')
    .option('--sandbox <origin>', 'poll the vendor’s sandbox at this address instead')
    .option('--where <text>', 'only records that match')
    .option('--since <time>', 'where the first poll starts (RFC 3339)', parseInstant)
    .option('--name <name>', 'name of this account in the workspace', 'default')
    .option('--workspace <file>', 'the workspace file', '.anyhook/workspace.json')
    .option('--connectors <path>', 'folder or file of your own connectors; may be repeated', collectText, [])
    .option('--allow-address <host|cidr>', 'private address that calls may reach; may be repeated', collectText, [])
    .option('--json', 'print what the poll did as JSON on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  $ anyhook poll acme contact --sandbox http://127.0.0.1:4700 --since 2026-01-01T00:00:00Z',
    )
    .action(async (name: string, object: string, options: PollOptions) =>
      end(await poll(name, object, options, context)),
    );
};

async function poll(name: string, object: string, options: PollOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { connector, diagnostics: loading } = await loadOne(name, options.connectors);
  if (connector === null) return tellDiagnostics(loading, terminal);
  const { access, diagnostics: reading } = await readInstance(connector, options);
  const where = options.where === undefined ? {} : { where: options.where };
  const checked = checkInstance(connector, { ...access, objects: { [object]: where } });
  const loopback = options.sandbox === undefined ? [] : ['127.0.0.0/8', '::1'];
  const addresses = compileAddressRules([...options.allowAddress, ...loopback]);
  const problems = [...reading, ...(isUsable(reading) ? checked.diagnostics : []), ...addresses.diagnostics];
  const text = options.where === undefined ? {} : { text: { name: '--where', source: options.where } };
  if (checked.auth === null || !isUsable(problems)) return tellDiagnostics(problems, terminal, text);
  tellDiagnostics(problems, terminal, text);

  const client = openAccountClient({
    connector,
    auth: checked.auth,
    settings: checked.settings,
    credentials: access.credentials,
    file: options.instance,
    addressRules: addresses.rules,
  });
  const done = terminal.progress(`Polling ${connector.key} ${object}`);
  let workspace: Workspace | undefined;
  try {
    workspace = await openWorkspace(options.workspace, (events) => {
      for (const event of events) terminal.print(JSON.stringify(event));
    });
    const wishes = { where: options.where ?? null, fields: null };
    const account = { client, settings: checked.settings, signal };
    const described = await readAccountObject(connector, object, wishes, account);
    if (described.object === null) return tellDiagnostics(described.diagnostics, terminal, text);
    const own = withObjects(connector, [described.object]);
    const judged = checkInstance(own, { ...access, objects: { [object]: where } }).diagnostics;
    if (!isUsable(judged)) return tellDiagnostics(judged, terminal, text);
    const line: PollLine = { connector: own, object, client, settings: checked.settings, options, workspace, signal };
    for (const feed of ['changes', 'deletes'] as const) {
      const report = await pollOne(line, feed);
      if (report !== null) terminal.note(options.json === true ? JSON.stringify(report) : reportLine(report));
    }
    return exitCodes.done;
  } finally {
    done();
    workspace?.close();
    await client.close();
  }
}

interface PollLine {
  readonly connector: Connector;
  readonly object: string;
  readonly client: VendorClient;
  readonly settings: SandboxAccess['settings'];
  readonly options: PollOptions;
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
}

/** null when the object has no such feed. */
async function pollOne(line: PollLine, feed: Feed): Promise<PollReport | null> {
  const { connector, client, options, settings, signal } = line;
  const object = connector.objects.get(line.object);
  const { detection } = narrowDetection(connector, line.object, feed, options.where ?? null);
  if (object === undefined || detection === null) return null;
  const answer =
    connector.verify === null ? null : await client.send(renderRequest(connector.verify, { settings }), signal);
  const key = { connector: connector.key, instance: options.name, object: line.object, feed };
  const state = await line.workspace.state(key, options.since ?? Date.now());
  const report = emptyReport(feed, state.cursor);
  const instance = { id: options.name, name: options.name, tags: [] };
  const told = toldSettings(connector.definition.settings, settings, answer?.body);
  const source = { connector, object, feed, detection, instance, settings: told };
  await pollFeed(source, { client, state, now: Date.now, signal }, report);
  return report;
}

function reportLine(report: PollReport): string {
  const { feed, records, created, updated, deleted, known } = report;
  const cursor = cursorText(report.cursor) ?? 'none yet';
  return `${feed}: ${records} records read, ${created} created, ${updated} updated, ${deleted} deleted, ${known} known; cursor ${cursor}`;
}
