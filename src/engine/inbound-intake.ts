/** Takes native webhooks in: verified and stored before they are answered, worked on after. */
import type { Connector } from '../connector/connector.ts';
import type { InboundWay } from '../connector/inbound.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { KeySets } from '../http/key-sets.ts';
import { emptyAnswer, type InboundAnswer } from '../inbound/answer.ts';
import type { HandshakeAnswer } from '../inbound/handshake.ts';
import { mentionOnce } from '../inbound/mention-once.ts';
import { receiveInbound } from '../inbound/receive.ts';
import type { InboundRequest } from '../inbound/request.ts';
import { isRoutedTo } from '../inbound/route.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { InboundChange } from '../inbound/split.ts';
import { toldObjects } from '../inbound/watched-objects.ts';
import type { NewInboxChange, Store } from '../store/port.ts';
import type { InboundCall } from './api.ts';
import type { Apps } from './apps.ts';
import type { Log } from './log.ts';
import { readTakingInstances, type TakingInstance } from './taking-instances.ts';

export interface IntakeOptions {
  readonly store: Store;
  readonly connectors: ReadonlyMap<string, Connector>;
  /** An app's secret may be what signs for the accounts that are connected through it. */
  readonly apps: Apps;
  readonly log: Log;
  /** The keys of vendors that send signed tokens. */
  readonly keySets: Pick<KeySets, 'keySet'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What vendors call us by; null when it is not known. */
  readonly publicUrl: string | null;
  /** Something is in the inbox. */
  readonly onChanges: () => void;
}

export interface Intake {
  /** null when there is no such way. */
  receive(call: InboundCall): Promise<InboundAnswer | null>;
  /** Instances were changed here. */
  forget(): void;
}

/** How long instances that another process has changed may stand as they were. */
const keptMs = 5_000;

export function createIntake(options: IntakeOptions): Intake {
  const { store, connectors, log, now } = options;
  const publicBase = options.publicUrl?.replace(/\/$/, '') ?? null;
  const kept = new Map<string, { readonly untilMs: number; readonly instances: Promise<readonly TakingInstance[]> }>();

  /** Kept, so that a stranger who sends rubbish costs one look at his signature and no look at the store. */
  const instancesOf = (key: string): Promise<readonly TakingInstance[]> => {
    const known = kept.get(key);
    if (known !== undefined && known.untilMs > now()) return known.instances;
    const connector = connectors.get(key);
    const instances = connector === undefined ? Promise.resolve([]) : readTakingInstances(connector, options);
    kept.set(key, { untilMs: now() + keptMs, instances });
    instances.catch(() => kept.delete(key));
    return instances;
  };

  const candidates = async (
    { connector, instanceId }: InboundCall,
    way: InboundWay,
  ): Promise<readonly TakingInstance[]> => {
    const all = await instancesOf(connector);
    if (instanceId !== null) return all.filter(({ id }) => id === instanceId);
    // Without an account in its events, each instance has a URL of its own.
    return way.route === null ? [] : all.filter(({ settings }) => way.route !== null && way.route in settings);
  };

  /** A key that came by a URL of many belongs to nobody. */
  const shake = async (
    call: InboundCall,
    way: InboundWay,
    { keep, answer }: HandshakeAnswer,
  ): Promise<InboundAnswer> => {
    if (keep === null) return answer;
    if (call.instanceId === null) return emptyAnswer(way.onInvalid);
    await store.saveCredentials(call.instanceId, { [keep.credential]: keep.value }, now());
    kept.clear();
    return answer;
  };

  const verify = async (call: InboundCall, way: InboundWay, instances: readonly TakingInstance[]) => {
    // Settings of one instance say nothing about a request that may be for another.
    const settings = call.instanceId === null ? {} : (instances[0]?.settings ?? {});
    const { method, target, headers, body } = call;
    const url = publicBase === null ? '' : `${publicBase}${target}`;
    const request: InboundRequest = { method, url, headers, body };
    const tryWith = async (secrets: readonly string[]) => ({
      secrets,
      received: await receiveInbound(way, request, { secrets, settings, nowMs: now() }),
    });
    if (way.auth.kind !== 'jwt') {
      return tryWith([...new Set(instances.flatMap(({ credentials }) => secretsOf(way, credentials)))]);
    }
    const keysAt = way.auth.jwks.renderText({ settings });
    const tried = await tryWith(await keysOf(keysAt));
    const isUnknown = tried.received.kind === 'refused' && tried.received.code === 'inbound-token-wrong';
    return isUnknown ? tryWith(await keysOf(keysAt, isUnknown)) : tried;
  };

  /** None where the vendor does not give them: then nothing is verified, and it sends again. */
  const keysOf = async (address: string, isUnknown = false): Promise<readonly string[]> => {
    try {
      return [await options.keySets.keySet(address, isUnknown)];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ code: error.code }, error.message);
      return [];
    }
  };

  return {
    forget: () => kept.clear(),
    async receive(call) {
      const way = connectors.get(call.connector)?.inbound.get(call.way);
      if (way === undefined) return null;
      const instances = await candidates(call, way);
      if (instances.length === 0 && call.instanceId !== null) return null;
      const { received, secrets } = await verify(call, way, instances);
      const about = { connector: call.connector, way: call.way, instanceId: call.instanceId };
      if (received.kind === 'refused') {
        log.debug({ ...about, code: received.code }, 'webhook refused');
        return received.answer;
      }
      if (received.kind === 'handshake') return shake(call, way, received);
      // A vendor's own key speaks for all its accounts.
      const isShared = received.secret === null || way.auth.kind === 'jwt';
      const signer = isShared ? null : (secrets[received.secret] ?? null);
      const stored = await store.addToInbox(
        changesFor(signersOf(instances, way, signer), way, mentionOnce(received.changes), now()),
      );
      const skipped = received.skipped.slice(0, 10);
      if (skipped.length > 0) log.warn({ ...about, skipped }, 'webhook events skipped');
      log.debug({ ...about, told: received.changes.length, stored }, 'webhook taken');
      if (stored > 0) options.onChanges();
      return received.answer;
    },
  };
}

/** Whoever knows one customer's secret must not speak for another. */
function signersOf(
  instances: readonly TakingInstance[],
  way: InboundWay,
  signer: string | null,
): readonly TakingInstance[] {
  if (signer === null) return instances;
  return instances.filter(({ credentials }) => secretsOf(way, credentials).includes(signer));
}

function changesFor(
  instances: readonly TakingInstance[],
  way: InboundWay,
  changes: readonly InboundChange[],
  nowMs: number,
): readonly NewInboxChange[] {
  return changes.flatMap((change) =>
    instances
      .filter(({ settings }) => isRoutedTo(way, change, settings))
      .flatMap(({ id, watched }) =>
        toldObjects(change, watched).map((object) => inboxChange(id, object, way.name, change, nowMs)),
      ),
  );
}

function inboxChange(
  instanceId: string,
  object: string,
  way: string,
  change: InboundChange,
  receivedAt: number,
): NewInboxChange {
  const { objectId: recordId, occurredAtMs, dedupe, record } = change;
  return {
    instanceId,
    object,
    recordId,
    change: change.change,
    occurredAt: occurredAtMs,
    record,
    // One post may tell of several objects under one mark, and ways number their posts each on their own. Another kind of
    // change under a mark is no repeat: where neither is proved, it could keep the true one from being taken.
    dedupe: dedupe === null ? null : JSON.stringify([way, dedupe, object, recordId, change.change]),
    receivedAt,
  };
}
