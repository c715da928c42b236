/** Instances as people make and change them: checked against their connector, then stored. */
import { randomBytes } from 'node:crypto';
import { objectNamed } from '../connector/any-object.ts';
import type { Connector } from '../connector/connector.ts';
import { withObjects } from '../connector/described.ts';
import { pointerTo } from '../connector/findings.ts';
import { checkInstance, needsDescription } from '../connector/instance.ts';
import { unknownConnector } from '../connector/unknown-name.ts';
import { checkSecret, createSecret } from '../delivery/secret.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { checkAddress } from '../http/address.ts';
import type { AddressRules } from '../http/address-rules.ts';
import type { Callback, Instance, ObjectSettings, PollState, Store, StoredDescription } from '../store/port.ts';
import { objectDefaults } from '../store/row/instance-row.ts';
import type { CallbackInput, InstanceInput, InstancePatch, InstanceView, ObjectInput, Outcome } from './api.ts';
import { type AppHosts, type Apps, withApp } from './apps.ts';
import type { DescribeDraft } from './describe-draft.ts';
import { hastenPolls } from './hasten-polls.ts';
import { instanceView } from './views.ts';

/** So often a change is made anew because others change the instance at the same time. */
const mostTries = 5;

/** How long a callback secret that was replaced still signs, beside the new one. */
const retiringMs = 24 * 3_600_000;

export interface InstanceOptions {
  readonly store: Store;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly addressRules: AddressRules;
  readonly apps: Apps;
  readonly describe: DescribeDraft;
  readonly appHosts: AppHosts;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A callback as it will be stored, and whether its secret was made here and must be shown once. */
export interface CheckedCallback {
  readonly callback: Callback | null;
  readonly madeSecret: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export const createInstanceId = (): string => `ins_${randomBytes(12).toString('base64url')}`;

/** Stores a new instance. All of its enabled objects are due at once. */
export async function createInstance(
  input: InstanceInput,
  options: InstanceOptions,
  id: string = createInstanceId(),
): Promise<Outcome<InstanceView>> {
  const connector = options.connectors.get(input.connector);
  if (connector === undefined)
    return {
      ok: false,
      diagnostics: [{ ...unknownConnector(input.connector, options.connectors), pointer: '/connector' }],
    };
  const now = options.now();
  const checkedCallback = checkCallback(input.callback ?? null, null, options.addressRules, now);
  const draft: Instance = {
    id,
    connector: connector.key,
    name: input.name ?? connector.definition.name,
    tags: input.tags ?? [],
    settings: input.settings ?? {},
    credentials: input.credentials ?? {},
    callback: checkedCallback.callback,
    callbackDisabledAt: null,
    objects: mapObjects(input.objects ?? {}, {}),
    nativeWebhooks: input.nativeWebhooks ?? true,
    createdAt: now,
    updatedAt: now,
  };
  const wrong = [...checkedCallback.diagnostics, ...checkStarts(input.objects, now)];
  const checked = await completed(draft, connector, options, wrong, { isStored: false });
  if (!checked.ok) return checked;
  const { instance, descriptions, rotated } = checked.value;
  const polls = pollsOf(instance, connector, now);
  await options.store.createInstance({ ...instance, credentials: { ...instance.credentials, ...rotated } }, polls);
  for (const description of descriptions) await options.store.saveDescription(description);
  return { ...checked, value: instanceView(instance, polls, [], checkedCallback.madeSecret) };
}

/**
 * Changes an instance; null when there is none. Objects that stay keep their place in the vendor's stream, and what of them
 * failed is tried anew.
 */
export async function patchInstance(
  id: string,
  patch: InstancePatch,
  options: InstanceOptions,
): Promise<Outcome<InstanceView> | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryPatch(id, patch, options);
    } catch (error) {
      // Somebody else has changed it since it was read: their change stays, and this one is made of what it is now.
      const isMoved = error instanceof Failure && error.code === 'instance-moved';
      if (!isMoved || tries === mostTries) throw error;
    }
  }
}

/** @throws Failure `instance-moved`. */
async function tryPatch(
  id: string,
  patch: InstancePatch,
  options: InstanceOptions,
): Promise<Outcome<InstanceView> | null> {
  const { store, connectors, addressRules } = options;
  const current = await store.getInstance(id);
  if (current === null) return null;
  const connector = connectors.get(current.connector);
  if (connector === undefined) return { ok: false, diagnostics: [unknownConnector(current.connector, connectors)] };
  const now = options.now();
  const kept: CheckedCallback = { callback: current.callback, madeSecret: undefined, diagnostics: [] };
  const checkedCallback =
    patch.callback === undefined ? kept : checkCallback(patch.callback, current.callback, addressRules, now);
  const draft = patched(current, patch, checkedCallback.callback, now);
  const isOtherAccount = patch.settings !== undefined || patch.credentials !== undefined;
  const touched = isOtherAccount ? Object.keys(draft.objects) : Object.keys(patch.objects ?? {});
  const asking = { isStored: patch.credentials === undefined, only: touched };
  const wrong = [...checkedCallback.diagnostics, ...checkStarts(patch.objects, now)];
  const checked = await completed(draft, connector, options, wrong, asking);
  if (!checked.ok) return checked;
  const { instance, descriptions, rotated } = checked.value;
  const credentials = { ...patch.credentials, ...rotated };
  const update = { ...instance, credentials, basedOn: current.updatedAt };
  try {
    if (!(await store.updateInstance(update, pollsOf(instance, connector, now)))) return null;
  } catch (error) {
    // What the vendor has replaced when it was asked is void, whatever becomes of the change.
    if (Object.keys(rotated).length > 0) await store.saveCredentials(id, rotated, now);
    throw error;
  }
  if (isOtherAccount) await store.expireDescriptions(id);
  for (const description of descriptions) await store.saveDescription(description);
  if (isOtherAccount || patch.objects !== undefined) await hastenPolls(current, instance, store, now);
  const [polls, webhooks] = [await store.listPolls(id), await store.listSubscriptions(id)];
  return { ...checked, value: instanceView(instance, polls, webhooks, checkedCallback.madeSecret) };
}

function patched(current: Instance, patch: InstancePatch, callback: Callback | null, nowMs: number): Instance {
  return {
    ...current,
    name: patch.name ?? current.name,
    tags: patch.tags ?? current.tags,
    settings: merged(current.settings, patch.settings ?? {}),
    credentials: merged(current.credentials, patch.credentials ?? {}),
    callback,
    // Giving a callback again is how a person says that it is there again.
    callbackDisabledAt: patch.callback === undefined ? current.callbackDisabledAt : null,
    objects: mapObjects(patch.objects ?? {}, current.objects),
    nativeWebhooks: patch.nativeWebhooks ?? current.nativeWebhooks,
    // Two changes in one millisecond are two.
    updatedAt: Math.max(nowMs, current.updatedAt + 1),
  };
}

interface Completed {
  readonly instance: Instance;
  /** What the vendor was asked to judge the instance by. */
  readonly descriptions: readonly StoredDescription[];
  /** Credentials that the vendor replaced when it was asked. */
  readonly rotated: Readonly<Record<string, string>>;
}

/**
 * The instance with its settings completed by defaults, or what is wrong with it. The vendor is asked about objects and
 * fields that only the account knows, once all else is right.
 * @param asking `only`: objects that are judged by the vendor; all when it is absent.
 */
async function completed(
  draft: Instance,
  connector: Connector,
  { apps, describe }: InstanceOptions,
  before: readonly Diagnostic[],
  asking: { readonly isStored: boolean; readonly only?: readonly string[] },
): Promise<Outcome<Completed>> {
  const credentials = withApp(connector, draft.credentials, apps);
  const { settings, diagnostics } = checkInstance(connector, { ...draft, credentials });
  const all = [...before, ...diagnostics];
  if (!isUsable(all)) return { ok: false, diagnostics: all };
  const instance = { ...draft, settings };
  const names = Object.entries(draft.objects)
    .filter(([name, parts]) => (asking.only?.includes(name) ?? true) && needsDescription(connector, name, parts))
    .map(([name]) => name);
  if (names.length === 0) {
    return { ok: true, value: { instance, descriptions: [], rotated: {} }, diagnostics: all };
  }
  const { objects, descriptions, rotated, diagnostics: told } = await describe(connector, instance, names, asking);
  const judged = checkInstance(withObjects(connector, objects), { ...instance, credentials }).diagnostics;
  const found = [...before, ...judged, ...told];
  return isUsable(found)
    ? { ok: true, value: { instance, descriptions, rotated }, diagnostics: found }
    : { ok: false, diagnostics: found };
}

/** Checks a callback, and makes its secret when neither it nor the one before has any. */
export function checkCallback(
  input: CallbackInput | null,
  current: Callback | null,
  rules: AddressRules,
  nowMs: number,
): CheckedCallback {
  if (input === null) return { callback: null, madeSecret: undefined, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const address = checkAddress(input.url, rules);
  if (address !== null) {
    const code = address.kind === 'invalid' ? 'callback-invalid' : 'callback-address-forbidden';
    const { message, help } = address;
    diagnostics.push({ code, severity: 'error', message, help, pointer: '/callback/url' });
  }
  const wrongSecret = input.secret === undefined ? null : checkSecret(input.secret);
  if (wrongSecret !== null) diagnostics.push({ ...wrongSecret, pointer: '/callback/secret' });
  const given = input.secret ?? current?.secret;
  const madeSecret = given === undefined ? createSecret(randomBytes) : undefined;
  const secret = given ?? madeSecret ?? '';
  const format = input.format ?? current?.format ?? 'structured';
  const rotated = current !== null && current.secret !== secret;
  const retiring = rotated ? { secret: current.secret, until: nowMs + retiringMs } : current?.retiring;
  return {
    callback: { url: input.url, format, secret, ...(retiring !== undefined && { retiring }) },
    madeSecret,
    diagnostics,
  };
}

/** One poll per feed of every object that is on. */
function pollsOf(instance: Instance, connector: Connector, nowMs: number): readonly PollState[] {
  return Object.entries(instance.objects).flatMap(([name, settings]) => {
    const object = objectNamed(connector, name);
    if (object === null || !settings.enabled) return [];
    const feeds = object.deletes === null ? (['changes'] as const) : (['changes', 'deletes'] as const);
    return feeds.map((feed) => ({
      instanceId: instance.id,
      object: name,
      feed,
      cursor: null,
      startMs: startOf(settings.start, nowMs),
      dueAt: nowMs,
      failures: 0,
      lastPolledAt: null,
      lastFailure: null,
      wellAt: nowMs,
      pace: null,
      webhookSince: null,
      webhooksLost: 0,
    }));
  });
}

/** Where the first poll starts, epoch milliseconds on our clock. */
function startOf(start: string, nowMs: number): number {
  if (start === 'now') return nowMs;
  return start === 'everything' ? 0 : Math.min(Date.parse(start), nowMs);
}

/** Whoever asks may have a clock that is ahead of ours. */
const aheadMs = 86_400_000;

/** A start that is yet to come is a slip of the pen, and until it has come nothing would be told. */
function checkStarts(objects: InstancePatch['objects'], nowMs: number): readonly Diagnostic[] {
  return Object.entries(objects ?? {}).flatMap(([name, input]): Diagnostic[] => {
    const { start } = input ?? {};
    if (start === undefined || !(Date.parse(start) > nowMs + aheadMs)) return [];
    const message = `"${name}" would start at ${start}, which is yet to come.`;
    const pointer = pointerTo('/objects', name, 'start');
    return [
      { code: 'instance-schema', severity: 'error', message, help: 'Write "now", or a time that is past.', pointer },
    ];
  });
}

function mapObjects(
  changes: Readonly<Record<string, ObjectInput | null>>,
  current: Readonly<Record<string, ObjectSettings>>,
): Readonly<Record<string, ObjectSettings>> {
  const settings = Object.entries(changes).map(([name, input]): [string, ObjectSettings | null] => {
    if (input === null) return [name, null];
    const before = current[name] ?? objectDefaults;
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    return [name, { ...before, ...given }];
  });
  return merged(current, Object.fromEntries(settings));
}

/** A map with the changes put in; null takes a key out. */
function merged<T>(
  current: Readonly<Record<string, T>>,
  changes: Readonly<Record<string, T | null>>,
): Readonly<Record<string, T>> {
  const all: Record<string, T | null> = { ...current, ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, T] => entry[1] !== null));
}
