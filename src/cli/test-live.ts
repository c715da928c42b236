/** `anyhook test --live`: the cycle at a real account, after a person has seen what will be written and agreed. */
import { randomBytes } from 'node:crypto';
import type { Connector, ConnectorObject, Trial } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import { trialMissing } from '../contract/at-sandbox.ts';
import { type LiveTested, testLive } from '../contract/live.ts';
import { tellPlan } from '../contract/plan.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../diagnostic/render.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import { systemClock } from '../http/clock.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient } from '../http/vendor-client.ts';
import { type CommandContext, diagnosticJson, type ExitCode, exitCodes, tellDiagnostics } from './command.ts';
import { readInstance, saveRotated } from './instance-file.ts';
import { userAgent } from './version.ts';

export interface LiveOptions {
  readonly instance?: string;
  readonly object: readonly string[];
  readonly allowAddress: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Tried = readonly [object: ConnectorObject, trial: Trial];

export async function runLive(connector: Connector, options: LiveOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { instance: file } = options;
  if (file === undefined)
    return usage('A live test needs --instance: a file with "settings" and "credentials".', context);
  const { access, diagnostics: reading } = await readInstance(connector, { instance: file });
  const checked = checkInstance(connector, access);
  const addresses = compileAddressRules(options.allowAddress);
  const { tried, diagnostics: missing } = choose(connector, options.object);
  const problems = [
    ...reading,
    ...(isUsable(reading) ? checked.diagnostics : []),
    ...addresses.diagnostics,
    ...missing,
  ];
  if (checked.auth === null || !isUsable(problems)) return tellDiagnostics(problems, terminal, { json: options.json });
  const run = randomBytes(3).toString('hex');
  terminal.note(tellIntent(connector, tried, checked.settings, run));
  const refusal = options.yes === true ? null : await askFirst(context);
  if (refusal !== null) return usage(refusal, context);
  const client = createVendorClient({
    auth: checked.auth,
    http: connector.definition.http,
    settings: checked.settings,
    credentials: access.credentials,
    saveCredentials: (changed) => saveRotated(file, changed),
    addressRules: addresses.rules,
    quotas: createQuotas(systemClock),
    clock: systemClock,
    userAgent,
  });
  const all: LiveTested[] = [];
  const onStop = (): void =>
    terminal.note('Stopping: what was created is being removed; a second Ctrl-C ends that too, and says what remains.');
  signal.addEventListener('abort', onStop, { once: true });
  try {
    for (const [object, trial] of tried) {
      if (signal.aborted) break;
      const progress = (label: string): (() => void) => terminal.progress(label);
      const { settings } = checked;
      const tested = await testLive(object, trial, {
        connector,
        settings,
        client,
        clock: systemClock,
        signal,
        run,
        progress,
        onCreated: (id) => terminal.note(`${connector.key} ${object.name}: created ${id}`),
        keep: (remaining) =>
          context.onEnd(() => {
            const left = remaining();
            return left.length === 0 ? null : renderDiagnostics(left, { colour: terminal.colour });
          }),
      });
      all.push(tested);
      if (options.json !== true) terminal.print(testedLine(connector.key, tested));
    }
  } finally {
    signal.removeEventListener('abort', onStop);
    await client.close();
  }
  const diagnostics = [...problems, ...all.flatMap(({ diagnostics: found }) => found)];
  const live = all.map((one) => ({ ...one, diagnostics: one.diagnostics.map(diagnosticJson) }));
  const code = tellDiagnostics(diagnostics, terminal, { json: options.json, more: { live } });
  return signal.aborted ? exitCodes.failure : code;
}

function choose(
  connector: Connector,
  names: readonly string[],
): { tried: readonly Tried[]; diagnostics: Diagnostic[] } {
  const wanted = [...connector.objects.values()].filter(({ name }) => names.length === 0 || names.includes(name));
  const tried = wanted.flatMap((object): Tried[] => (object.trial === null ? [] : [[object, object.trial]]));
  const untried = wanted.filter(({ trial }) => trial === null);
  return { tried, diagnostics: untried.map(({ name }) => trialMissing(`${connector.key} ${name}`)) };
}

function tellIntent(connector: Connector, tried: readonly Tried[], settings: Settings, run: string): string {
  const account = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const plans = tried.map(([object, trial]) => tellPlan(object, trial, settings, run));
  return [
    `This writes to a real account of ${connector.definition.name} (${account.join(', ')}):`,
    ...plans.flatMap((plan) => plan.split('\n')).map((line) => `  ${line}`),
    'What was created is removed at the end, and whatever could not be is told. Native webhooks of the account may tell others of it.',
  ].join('\n');
}

type Settings = Readonly<Record<string, string | number | boolean>>;

/** null when the person agreed. */
async function askFirst({ terminal, signal }: CommandContext): Promise<string | null> {
  const answer = await terminal.ask('Type yes to write: ', signal);
  if (answer === null) return 'Nothing was written: nobody is there to agree. Give --yes to write without being asked.';
  return answer.trim().toLowerCase() === 'yes' ? null : 'Nothing was written.';
}

export function usage(message: string, { terminal }: CommandContext): ExitCode {
  tellDiagnostics([{ code: 'usage', severity: 'error', message }], terminal);
  return exitCodes.usage;
}

function testedLine(key: string, { object, cycle, left }: LiveTested): string {
  const word = { ok: 'ok  ', failed: 'FAIL', interrupted: 'STOP' }[cycle];
  const rest = left.length === 0 ? 'nothing is left behind' : `left behind: ${left.join(', ')}`;
  return `${word}  ${key} ${object}: live cycle; ${rest}`;
}
