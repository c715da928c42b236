/** Cases of webhooks: a signed request goes the way on which the runtime sends it, from its bytes to the events. */
import { objectNamed } from '../connector/any-object.ts';
import type { Connector } from '../connector/connector.ts';
import { differences } from '../connector/differences.ts';
import { type Finding, Findings, pointerTo } from '../connector/findings.ts';
import type { InboundWay } from '../connector/inbound.ts';
import { checkInstance } from '../connector/instance.ts';
import type { Source } from '../connector/source.ts';
import { unknownObject } from '../connector/unknown-name.ts';
import type { SignedRequest, VariantOutcome, WebhookCase } from '../definition/webhook-case.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { AnyhookEvent } from '../event/event.ts';
import { type Received, receiveInbound } from '../inbound/receive.ts';
import type { InboundRequest } from '../inbound/request.ts';
import { isRoutedTo } from '../inbound/route.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { InboundChange } from '../inbound/split.ts';
import { toldObjects, type WatchedObjects, watchedObjects } from '../inbound/watched-objects.ts';
import { createGivenVendor, type GivenVendor } from './given-vendor.ts';
import { openToldLine, type ToldChange, type ToldLine } from './told-line.ts';
import { type Arrival, spoil, type VariantKind } from './variant.ts';

/** One case while it runs. */
interface Trial {
  readonly testCase: WebhookCase;
  readonly way: InboundWay;
  readonly arrival: Arrival;
  readonly watched: WatchedObjects;
  readonly line: ToldLine;
  readonly vendor: GivenVendor;
  readonly findings: Findings;
}

const dayMs = 86_400_000;

/** Runs a case. Every way in which the connector does otherwise than the case says is a `case-failed`. */
export async function runWebhookCase(
  connector: Connector,
  testCase: WebhookCase,
  source: Source | null = null,
): Promise<readonly Diagnostic[]> {
  const findings = new Findings(source);
  const way = connector.inbound.get(testCase.way);
  if (way === undefined) {
    findings.add(wayUnknown(testCase.way, connector));
    return findings.diagnostics;
  }
  const { settings: given = {}, credentials = {} } = testCase;
  const { settings, diagnostics } = checkInstance(connector, { settings: given, credentials });
  for (const { pointer = '', ...diagnostic } of diagnostics) {
    // What a case leaves out, it has no need of.
    const isOfGiven = /^\/(?:settings|credentials)\/./.test(pointer) && diagnostic.code !== 'setting-missing';
    if (isOfGiven) findings.add({ ...diagnostic, severity: 'error', pointer });
  }
  const strangers = Object.keys(testCase.objects ?? {}).filter((name) => objectNamed(connector, name) === null);
  for (const name of strangers) {
    const { message, help = '' } = unknownObject(name, connector);
    findings.addForName({ code: 'case-failed', message, help, pointer: pointerTo('/objects', name) });
  }
  if (strangers.length > 0) return findings.diagnostics;
  const nowMs = Date.parse(testCase.request.receivedAt);
  const trial: Trial = {
    testCase,
    way,
    arrival: { request: inboundRequest(testCase.request), settings, credentials, nowMs },
    watched: watchedObjects([...connector.objects.keys()], Object.entries(testCase.objects ?? {})),
    line: openToldLine(connector, { settings, startMs: nowMs - dayMs, known: testCase.known ?? [] }),
    vendor: createGivenVendor(testCase.reads ?? []),
    findings,
  };
  const received = await receive(trial.way, trial.arrival);
  if (received.kind === 'refused') {
    fail(trial, '/request', `The request is refused: ${received.code}.`);
    return findings.diagnostics;
  }
  checkAnswer(trial, received);
  await checkTold(trial, received);
  for (const [kind, outcome] of Object.entries(testCase.variants) as [VariantKind, VariantOutcome][])
    await checkVariant(kind, outcome, trial);
  return findings.diagnostics;
}

function wayUnknown(name: string, { inbound }: Connector): Finding {
  const close = nearestName(name, inbound.keys());
  const message = `The connector has no inbound way "${name}".`;
  return {
    code: 'case-failed',
    message,
    ...(close !== null && { help: `Did you mean "${close}"?` }),
    pointer: '/way',
  };
}

function inboundRequest(request: SignedRequest): InboundRequest {
  const { method = 'POST', url, headers = {}, body = '', bodyBase64 } = request;
  return {
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])),
    body: bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, 'base64'),
  };
}

function receive(way: InboundWay, { request, settings, credentials, nowMs }: Arrival): Promise<Received> {
  return receiveInbound(way, request, { secrets: secretsOf(way, credentials), settings, nowMs });
}

function fail({ findings }: Trial, pointer: string, message: string): void {
  findings.add({ code: 'case-failed', message, pointer });
}

function expectEqual(trial: Trial, pointer: string, expected: unknown, actual: unknown): void {
  for (const difference of differences(expected, actual, pointer)) fail(trial, difference.pointer, difference.message);
}

function checkAnswer(trial: Trial, { answer }: Received): void {
  const { status = 200, headers = {}, body = '' } = trial.testCase.answer ?? {};
  expectEqual(trial, '/answer', { status, headers, body }, answer);
}

async function checkTold(trial: Trial, received: Received): Promise<void> {
  const { told = [], skipped = [], reads = [], events } = trial.testCase;
  const changes = received.kind === 'events' ? received.changes : [];
  const ofInstance = changes.flatMap((change) => toldOf(change, trial));
  const silent = { occurredAt: null, account: null, dedupe: null, record: null };
  const wanted = told.map((change) => ({ ...silent, ...change }));
  expectEqual(trial, '/told', wanted, ofInstance.map(shownChange));
  const unread = received.kind === 'events' ? received.skipped.map(({ code }) => code) : [];
  const unwatched = changes.filter((change) => toldObjects(change, trial.watched).length === 0);
  const passedOver = [...unread, ...unwatched.map(() => 'event-object-unknown')];
  expectEqual(trial, '/skipped', skipped, passedOver);
  if (events === undefined) return;
  const brought = await take(trial, changes, trial.arrival.nowMs, '/events');
  expectEqual(
    trial,
    '/events',
    events,
    brought.map((event, index) => eventOf(event, events[index]?.record)),
  );
  for (const { path } of trial.vendor.asked.filter(({ read }) => read === null))
    fail(trial, '/reads', `The vendor is asked for a record that the case does not give: ${path}.`);
  const asked = trial.vendor.asked.flatMap(({ read }) => (read === null ? [] : [read]));
  expectEqual(trial, '/reads', [...reads.keys()], asked);
  await checkRepeated(trial, changes);
}

/** Vendors send again what they think was not taken. */
async function checkRepeated(trial: Trial, changes: readonly InboundChange[]): Promise<void> {
  const again = await take(trial, changes, trial.arrival.nowMs + 1000, '/events');
  for (const { type, subject } of again) fail(trial, '/events', `Sent again, it brings ${type} of ${subject} again.`);
}

/** The events of those changes that are for the instance. */
async function take(
  trial: Trial,
  changes: readonly InboundChange[],
  nowMs: number,
  pointer: string,
): Promise<readonly AnyhookEvent[]> {
  const { line, vendor, way, arrival } = trial;
  const own = changes.filter((change) => isRoutedTo(way, change, arrival.settings));
  const told = own.flatMap((change) => toldOf(change, trial));
  try {
    return await line.take(told, vendor.client, nowMs);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    fail(trial, pointer, error.message);
    return [];
  }
}

/** A change, once for each object of the instance that it is of. */
function toldOf(change: InboundChange, { watched }: Trial): readonly ToldChange[] {
  return toldObjects(change, watched).map((object) => ({ ...change, object }));
}

function shownChange({ object, objectId, change, occurredAtMs, account, dedupe, record }: ToldChange) {
  const occurredAt = occurredAtMs === null ? null : new Date(occurredAtMs).toISOString();
  return { object, objectId, change, occurredAt, account, dedupe, record };
}

/** An event as cases write it; of its record the properties that the case names. */
function eventOf({ data }: AnyhookEvent, wanted: object | null | undefined) {
  const { object, objectId, change, occurredAt, record } = data;
  const names = Object.keys(wanted ?? record ?? {});
  const seen =
    record === null || wanted === null ? record : Object.fromEntries(names.map((name) => [name, record[name]]));
  return { object, objectId, change, occurredAt, record: seen };
}

async function checkVariant(kind: VariantKind, outcome: VariantOutcome, trial: Trial): Promise<void> {
  const pointer = pointerTo('/variants', kind);
  const spoilt = spoil(kind, trial.way, trial.arrival);
  if (spoilt === null) return fail(trial, pointer, `The request has nothing that could be ${kind}.`);
  const received = await receive(trial.way, spoilt);
  const became = received.kind === 'refused' ? received.code : await becomeOf(kind, received, spoilt, trial);
  const wanted = typeof outcome === 'string' ? outcome : 'taken';
  if (became !== wanted) fail(trial, pointer, `${kind}: expected ${wanted}, got ${became}.`);
}

/**
 * What comes a second time may bring nothing new, and what only says that a record was deleted no delete; all else that comes
 * is taken or refused.
 */
async function becomeOf(
  kind: VariantKind,
  received: Received,
  { nowMs }: Arrival,
  trial: Trial,
): Promise<'taken' | 'nothing-new' | 'no-delete'> {
  const isRelabelled = kind === 're-labelled';
  const isSecond = nowMs > trial.arrival.nowMs || isRelabelled;
  if (!isSecond || trial.testCase.events === undefined || received.kind !== 'events') return 'taken';
  const events = await take(trial, received.changes, nowMs, pointerTo('/variants', kind));
  if (isRelabelled) return events.some(({ data }) => data.change === 'deleted') ? 'taken' : 'no-delete';
  return events.length === 0 ? 'nothing-new' : 'taken';
}
