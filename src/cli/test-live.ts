/** `anyhook test --live`: the cycle at a real account, after a person has seen what will be written and agreed. */
import { randomBytes } from 'node:crypto';
import { objectNamed } from '../connector/any-object.ts';
import type { Connector, ConnectorObject, Trial } from '../connector/connector.ts';
import type { DescribedObject } from '../connector/described.ts';
import { checkInstance, type Settings } from '../connector/instance.ts';
import { unknownObject } from '../connector/unknown-name.ts';
import { trialMissing } from '../contract/at-sandbox.ts';
import { caseFailed } from '../contract/case-failed.ts';
import { type LiveTested, testLive } from '../contract/live.ts';
import { tellPlan } from '../contract/plan.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { renderDiagnostics } from '../diagnostic/render.ts';
import { readAccountObject } from '../engine/account-objects.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import type { VendorClient } from '../http/client.ts';
import { systemClock } from '../http/clock.ts';
import { openAccountClient } from './account-client.ts';
import { type CommandContext, diagnosticJson, type ExitCode, exitCodes, tellDiagnostics } from './command.ts';
import { readInstance } from './instance-file.ts';

export interface LiveOptions {
  readonly instance?: string;
  readonly object: readonly string[];
  readonly allowAddress: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Tried = readonly [object: ConnectorObject, trial: Trial];

export async function runLive(connector: Connector, options: LiveOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const { instance: file } = options;
  if (file === undefined)
    return usage('A live test needs --instance: a file with "settings" and "credentials".', context);
  const { access, objects, diagnostics: reading } = await readInstance(connector, { instance: file });
  const checked = checkInstance(connector, access);
  const addresses = compileAddressRules(options.allowAddress);
  const wanted = wantedNames(connector, objects, options.object);
  const problems = [
    ...reading,
    ...(isUsable(reading) ? [...checked.diagnostics, ...wanted.diagnostics] : []),
    ...addresses.diagnostics,
  ];
  if (checked.auth === null || !isUsable(problems)) return tellDiagnostics(problems, terminal, { json: options.json });
  const client = openAccountClient({
    connector,
    auth: checked.auth,
    settings: checked.settings,
    credentials: access.credentials,
    file,
    addressRules: addresses.rules,
  });
  const account: Account = { connector, client, settings: checked.settings };
  try {
    return await tryAll(wanted.names, account, problems, options, context);
  } finally {
    await client.close();
  }
}

/** A real account. */
interface Account {
  readonly connector: Connector;
  readonly client: VendorClient;
  readonly settings: Settings;
}

/** @param before what was found of the connector and the instance. */
async function tryAll(
  names: readonly string[],
  account: Account,
  before: readonly Diagnostic[],
  options: LiveOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { connector, client, settings } = account;
  const { tried, diagnostics: missing } = await choose(names, account, signal);
  const problems = [...before, ...missing];
  if (!isUsable(problems)) return tellDiagnostics(problems, terminal, { json: options.json });
  if (tried.length === 0) {
    // Nobody is asked to agree to nothing, and a test of nothing has not gone well.
    tellDiagnostics(problems, terminal, { json: options.json });
    return exitCodes.diagnostics;
  }
  const run = randomBytes(3).toString('hex');
  terminal.note(tellIntent(connector, tried, settings, run));
  const refusal = options.yes === true ? null : await askFirst(context);
  if (refusal !== null) return usage(refusal, context);
  const all: LiveTested[] = [];
  const onStop = (): void =>
    terminal.note('Stopping: what was created is being removed; a second Ctrl-C ends that too, and says what remains.');
  signal.addEventListener('abort', onStop, { once: true });
  try {
    for (const [object, trial] of tried) {
      if (signal.aborted) break;
      const progress = (label: string): (() => void) => terminal.progress(label);
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
  }
  const diagnostics = [...problems, ...all.flatMap(({ diagnostics: found }) => found)];
  const live = all.map((one) => ({ ...one, diagnostics: one.diagnostics.map(diagnosticJson) }));
  const code = tellDiagnostics(diagnostics, terminal, { json: options.json, more: { live } });
  return signal.aborted ? exitCodes.failure : code;
}

/** The declared objects, and those by name that the instance has on; or the chosen ones of them. */
function wantedNames(
  connector: Connector,
  on: readonly string[],
  chosen: readonly string[],
): { readonly names: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const all = [...new Set([...connector.objects.keys(), ...on])];
  const isNone = (name: string): boolean => !all.includes(name) || objectNamed(connector, name) === null;
  const strange = [...new Set([...chosen, ...all])].filter(isNone);
  const beside = connector.anyObject === null ? null : 'those by name that the instance file has under "objects".';
  return {
    names: all.filter((name) => chosen.length === 0 || chosen.includes(name)),
    diagnostics: strange.map((name) =>
      unknownObject(
        name,
        connector,
        all.filter((one) => !isNone(one)),
        beside,
      ),
    ),
  };
}

/** The objects with their trials; what those by name are like, the account is asked. Nothing is written. */
async function choose(
  names: readonly string[],
  account: Account,
  signal: AbortSignal,
): Promise<{ readonly tried: readonly Tried[]; readonly diagnostics: readonly Diagnostic[] }> {
  const tried: Tried[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const object = account.connector.objects.get(name);
    const found = object === undefined ? await describe(name, account, signal) : { object, diagnostics: [] };
    diagnostics.push(...found.diagnostics);
    if (found.object === null) continue;
    if (found.object.trial === null) diagnostics.push(trialMissing(`${account.connector.key} ${name}`));
    else tried.push([found.object, found.object.trial]);
  }
  return { tried, diagnostics };
}

async function describe(
  name: string,
  { connector, client, settings }: Account,
  signal: AbortSignal,
): Promise<DescribedObject> {
  try {
    return await readAccountObject(connector, name, { fields: null, where: null }, { client, settings, signal });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { object: null, diagnostics: [caseFailed(`${connector.key} ${name}`, error)] };
  }
}

function tellIntent(connector: Connector, tried: readonly Tried[], settings: Settings, run: string): string {
  const given = Object.entries(settings).filter(([, value]) => value !== '');
  const account = given.map(([name, value]) => `${name} ${value}`);
  const plans = tried.map(([object, trial]) => tellPlan(object, trial, settings, run));
  return [
    `This writes to a real account of ${connector.definition.name} (${account.join(', ')}):`,
    ...plans.flatMap((plan) => plan.split('\n')).map((line) => `  ${line}`),
    'What was created is removed at the end, and whatever could not be is told. Webhooks and automations of the account may act on it meanwhile.',
  ].join('\n');
}

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

function testedLine(key: string, { object, cycle, left, isNeverDeleted }: LiveTested): string {
  const word = { ok: 'ok  ', failed: 'FAIL', interrupted: 'STOP' }[cycle];
  const removed = isNeverDeleted ? 'its record is out of use' : 'nothing is left behind';
  const rest = left.length === 0 ? removed : `left behind: ${left.join(', ')}`;
  return `${word}  ${key} ${object}: live cycle; ${rest}`;
}
