/**
 * A full cycle of one object against its vendor's sandbox: a record is created, edited twice and deleted, and the
 * events that come out are held against what was done. Time is the sandbox's own, moved by hand: no waiting.
 */
import type { PollPorts } from '../change/feed.ts';
import { createMemoryStates } from '../change/memory-state.ts';
import { pollFeed } from '../change/poll.ts';
import { emptyReport } from '../change/poll-report.ts';
import type { Connector, ConnectorObject } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { readAccountObject } from '../engine/account-objects.ts';
import { compileAddressRules } from '../http/address-rules.ts';
import { type Clock, systemClock } from '../http/clock.ts';
import { createQuotas } from '../http/quota.ts';
import { createVendorClient } from '../http/vendor-client.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Feed } from '../store/port.ts';
import { atSandbox, sandboxVendor } from './sandbox-instance.ts';
import { userAgent } from './version.ts';

/** What is done to the record, in order, and the change that each must give. */
const steps = [
  { action: 'create', change: 'created' },
  { action: 'update', change: 'updated' },
  { action: 'update', change: 'updated' },
  { action: 'delete', change: 'deleted' },
] as const;

/** Between steps: longer than any settle time, shorter than any overlap. */
const stepMs = 45_000;

/**
 * Runs the cycle for every object of a connector that its sandbox knows.
 * @throws Failure when the sandbox does not answer as the vendor would.
 */
export async function runCycles(connector: Connector, signal: AbortSignal): Promise<readonly Diagnostic[]> {
  let nowMs = Date.now();
  const clock: Clock = { ...systemClock, now: () => nowMs };
  const sandbox = await startSandbox({ vendor: sandboxVendor(connector), port: 0, clock: { now: () => nowMs } });
  const access = atSandbox(connector, sandbox.origin);
  const { auth, settings } = checkInstance(connector, access);
  if (auth === null)
    return [wrong(connector.key, 'The credentials of its sandbox section fit no way to authenticate.')];
  const client = createVendorClient({
    auth,
    http: connector.definition.http,
    settings,
    credentials: access.credentials,
    saveCredentials: async () => {},
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    quotas: createQuotas(clock),
    clock,
    userAgent,
  });
  const edit = async (object: string, action: string, id: string | undefined): Promise<string> => {
    const response = await fetch(`${sandbox.origin}/_sandbox/edit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object, action, ...(id !== undefined && { id }) }),
      signal,
    });
    const [done] = (await response.json()) as readonly { readonly id: string }[];
    return done?.id ?? '';
  };
  try {
    const found: Diagnostic[] = [];
    for (const [own, name] of Object.entries(connector.definition.sandbox?.objects ?? {})) {
      const account = { client, settings, signal };
      const { object, diagnostics } = await readAccountObject(connector, own, { fields: null, where: null }, account);
      if (object === null) {
        found.push(...diagnostics);
        continue;
      }
      const memory = createMemoryStates(nowMs);
      const poll = pollObject(connector, object, settings, { client, now: () => nowMs, signal }, memory.state);
      let id: string | undefined;
      for (const { action } of steps) {
        nowMs += stepMs;
        id = await edit(name, action, id);
        nowMs += stepMs;
        await poll();
      }
      found.push(...judge(connector, object, id ?? '', memory.events));
    }
    return found;
  } finally {
    await client.close();
    await sandbox.close();
  }
}

function pollObject(
  connector: Connector,
  object: ConnectorObject,
  settings: Readonly<Record<string, string | number | boolean>>,
  ports: Omit<PollPorts, 'state'>,
  newState: () => PollPorts['state'],
): () => Promise<void> {
  const feeds = (['changes', 'deletes'] as const).map((feed: Feed) => ({ feed, state: newState() }));
  return async () => {
    for (const { feed, state } of feeds) {
      const detection = object[feed];
      if (detection === null) continue;
      const instance = { id: 'test', name: 'test', tags: [] };
      const source = { connector, object, feed, detection, instance, settings };
      await pollFeed(source, { ...ports, state }, emptyReport(feed, state.cursor));
    }
  };
}

function judge(
  connector: Connector,
  object: ConnectorObject,
  id: string,
  events: readonly {
    readonly subject: string;
    readonly data: { readonly change: string; readonly record: unknown; readonly native: unknown };
  }[],
): readonly Diagnostic[] {
  const where = `${connector.key} ${object.name}`;
  const expected = steps
    .map(({ change }) => (change === 'deleted' && object.isNeverDeleted ? 'updated' : change))
    .filter((change) => change !== 'deleted' || object.seesDeletes);
  const seen = events.map(({ data }) => data.change);
  const others = events.filter(({ subject }) => subject !== id);
  const unmapped = events.filter(({ data }) => data.record === null && data.change !== 'deleted');
  return [
    ...(seen.join() === expected.join()
      ? []
      : [wrong(where, `The cycle gave ${seen.join(', ') || 'no events'} instead of ${expected.join(', ')}.`)]),
    ...(others.length === 0
      ? []
      : [wrong(where, `Events came of records that nobody touched: ${others[0]?.subject}.`)]),
    ...(unmapped.length === 0 ? [] : [wrong(where, 'A record could not be mapped.')]),
  ];
}

function wrong(subject: string, message: string): Diagnostic {
  return {
    code: 'case-failed',
    severity: 'error',
    message: `${subject}: ${message}`,
    help: 'Run `anyhook sandbox` and `anyhook poll` by hand to see what the vendor answers.',
  };
}
