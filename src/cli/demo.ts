/**
 * `anyhook demo`: everything on one machine. Sandboxes of all vendors, the runtime on its embedded default, a callback
 * receiver; and somebody who edits records, so that events are seen arriving.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Connector } from '../connector/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import { defaultConfig } from '../engine/config.ts';
import { createLog } from '../engine/log.ts';
import { systemClock } from '../http/clock.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { loadCatalogue } from './catalogue.ts';
import { type CommandContext, exitCodes, type RegisterCommand } from './command.ts';
import { receivedLines } from './listen.ts';
import { parseCount, parsePort } from './option-values.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { startSandboxes } from './sandbox.ts';
import { atSandbox, sandboxVendor } from './sandbox-instance.ts';
import { type RunningRuntime, startRuntime } from './start-runtime.ts';
import { untilAborted } from './until-aborted.ts';

interface DemoOptions {
  readonly port: number;
  readonly data: string;
  readonly every: number;
  readonly events?: number;
}

/** How often the demo polls; a real instance is gentler. */
const intervalSeconds = 2;

/** What a demo puts into its folder. */
const folders: readonly string[] = ['records', 'runtime'];

export const registerDemo: RegisterCommand = (program, context, end) => {
  program
    .command('demo')
    .summary('see it work: sandboxes, runtime, receiver and somebody who edits records')
    .description(
      'Starts a sandbox of every vendor, the runtime and a callback receiver on this machine, and edits a record every ' +
        'few seconds: created, updated and deleted events are seen arriving, their signatures verified. The records of ' +
        'each sandbox are a JSON file: edit it, and see your own change arrive.',
    )
    .option('--port <port>', 'port of the runtime; 0 takes a free one', parsePort, 0)
    .option('--data <dir>', 'folder for the database and the records; emptied at the start', '.anyhook/demo')
    .option('--every <seconds>', 'how often a record is edited', parseCount, 3)
    .option('--events <n>', 'stop after so many events', parseCount)
    .addHelpText('after', '\nExample:\n  $ anyhook demo --every 5')
    .action(async (options: DemoOptions) => {
      await runDemo(options, context);
      end(exitCodes.done);
    });
};

async function runDemo(options: DemoOptions, context: CommandContext): Promise<void> {
  const { terminal, env } = context;
  const closing: (() => Promise<void>)[] = [];
  try {
    const { connectors } = await loadCatalogue([]);
    const simulated = [...connectors.values()].filter((connector) => connector.definition.sandbox !== undefined);
    await emptyFolder(options.data);
    const sandboxes = await startSandboxes([...new Set(simulated.map(sandboxVendor))], {
      port: 0,
      data: path.join(options.data, 'records'),
    });
    closing.push(() => closeAll(sandboxes));
    const enough = new AbortController();
    const stop = new AbortController();
    const secrets: string[] = [];
    const receiver = await startDemoReceiver(options, context, secrets, () => enough.abort());
    closing.push(() => receiver.close());
    const config = {
      ...defaultConfig,
      port: options.port,
      data: path.join(options.data, 'runtime'),
      allowAddresses: ['127.0.0.0/8'],
    };
    const running = await startRuntime({ config, log: createLog('warn'), env });
    closing.push(() => running.close());
    for (const connector of simulated) {
      const sandbox = sandboxes.find(({ vendor }) => vendor === sandboxVendor(connector));
      if (sandbox !== undefined) secrets.push(await connect(running, connector, sandbox, receiver));
    }
    introduce(terminal.print, { sandboxes, receiver, running, records: path.join(options.data, 'records') });
    const stopped = untilAborted(context.signal, enough.signal).then(() => stop.abort());
    await Promise.all([stopped, keepEditing(sandboxes, options.every, stop.signal)]);
    terminal.note('\nStopping …');
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/**
 * Empties a folder that a demo made before. Anybody else's is left alone: a wrong --data must not cost a person's files.
 * @throws Failure `store-unavailable` when the folder holds something else.
 */
async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.some((name) => !folders.includes(name))) {
    throw new Failure('store-unavailable', `${folder} holds files that no demo made.`, {
      retryable: false,
      help: 'Name an empty folder with --data: the demo empties it at its start.',
    });
  }
  await rm(folder, { recursive: true, force: true });
}

async function closeAll(sandboxes: readonly Sandbox[]): Promise<void> {
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
}

function startDemoReceiver(
  options: DemoOptions,
  { terminal }: CommandContext,
  secrets: readonly string[],
  onEnough: () => void,
): Promise<Receiver> {
  let count = 0;
  return startReceiver({
    port: 0,
    secrets: () => secrets,
    now: Date.now,
    onEvent: (received) => {
      terminal.print(receivedLines(received));
      count += 1;
      if (count === options.events) onEnough();
    },
  });
}

/** Makes an instance over the public API, as any client does. Answers the secret that its callback verifies with. */
async function connect(
  running: RunningRuntime,
  connector: Connector,
  sandbox: Sandbox,
  receiver: Receiver,
): Promise<string> {
  const objects = [...connector.objects.keys()].map((name) => [name, { intervalSeconds }]);
  const answer = await post(`${running.url}/v1/instances`, running.newApiKey, {
    connector: connector.key,
    name: `${connector.definition.name} (demo)`,
    tags: ['demo'],
    ...atSandbox(connector, sandbox.origin),
    callback: { url: receiver.url },
    objects: Object.fromEntries(objects),
  });
  const instance = answer as { readonly callback?: { readonly secret?: string } };
  return instance.callback?.secret ?? '';
}

async function post(url: string, apiKey: string | null, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw new Failure('internal', `${url} answered ${response.status}: ${JSON.stringify(answer)}`, { retryable: false });
}

function introduce(
  print: (text: string) => void,
  parts: {
    readonly sandboxes: readonly Sandbox[];
    readonly receiver: Receiver;
    readonly running: RunningRuntime;
    readonly records: string;
  },
): void {
  const { sandboxes, receiver, running, records } = parts;
  for (const { vendor, origin } of sandboxes) {
    print(`sandbox   ${origin}/  ${vendor}; its records: ${path.join(records, `${vendor}.json`)}`);
  }
  print(`runtime   ${running.url}/openapi.json  API key ${running.newApiKey ?? '(kept)'}`);
  print(`receiver  ${receiver.url}`);
  print('Edit a record file, or wait: a record is edited every few seconds. Ctrl-C stops.\n');
}

/** Edits a record of each sandbox in turn until the signal aborts. */
async function keepEditing(sandboxes: readonly Sandbox[], everySeconds: number, stop: AbortSignal): Promise<void> {
  for (let turn = 0; !stop.aborted; turn += 1) {
    const sandbox = sandboxes[turn % sandboxes.length];
    if (sandbox !== undefined) await post(`${sandbox.origin}/_sandbox/edit`, null, {});
    await systemClock.sleep(everySeconds * 1_000, stop).catch(() => undefined);
  }
}
