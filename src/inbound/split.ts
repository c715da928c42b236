/** A verified body becomes changes; what cannot be read is told by its code and keeps nothing else back. */
import { mayBeNamed } from '../connector/any-object.ts';
import type { ChangeWord, EventRule, InboundWay } from '../connector/inbound.ts';
import type { RefusalCode } from '../diagnostic/refusal.ts';
import { isRecordId } from '../event/record-id.ts';
import { type Expression, ExpressionError } from '../mapping/expression.ts';
import { type InboundRequest, Refused } from './request.ts';
import { parseTime } from './timestamp.ts';
import { type Variables, variablesOf } from './variables.ts';

export interface InboundChange {
  /** The connector's name of it; null for none of the declared objects. */
  readonly object: string | null;
  /** The vendor's word for it, where an instance may have on an object that goes by it. */
  readonly named: string | null;
  readonly objectId: string;
  readonly change: ChangeWord;
  /** null when the vendor does not say. */
  readonly occurredAtMs: number | null;
  /** The vendor account it belongs to; null where every instance has a URL of its own. */
  readonly account: string | null;
  /** What stays the same when the vendor sends it again. */
  readonly dedupe: string | null;
  /** The whole native record; null when the event only names it, and the object's `read` must fetch it. */
  readonly record: Readonly<Record<string, unknown>> | null;
}

export interface SkippedEvent {
  readonly code: RefusalCode;
  /** Which event of the body, from 0; null for the body as a whole. */
  readonly index: number | null;
}

export interface SplitBody {
  readonly changes: readonly InboundChange[];
  readonly skipped: readonly SkippedEvent[];
}

/** More than any vendor puts into one request. */
const mostEvents = 10_000;
/** Longer than any id or account of a vendor. */
const longestText = 512;

/** `Refused` when a reader's condition or list cannot be evaluated, or there is too much of it. */
export async function splitBody(
  { events, route }: InboundWay,
  request: InboundRequest,
  body: unknown,
): Promise<SplitBody | Refused> {
  const variables = variablesOf(request, body);
  const changes: InboundChange[] = [];
  const skipped: SkippedEvent[] = [];
  let isRead = false;
  for (const rule of events) {
    const items = await readItems(rule, body, variables).catch(refuseExpression('inbound-expression-failed'));
    if (items instanceof Refused) return items;
    if (items === null) continue;
    isRead = true;
    if (items.length > mostEvents) return new Refused('inbound-too-large');
    for (const [index, item] of items.entries()) {
      const read = (expression: Expression | null) => expression?.evaluate(item, variables);
      const change = await readEvent(rule, read, route !== null).catch(refuseExpression('event-unreadable'));
      if (change instanceof Refused) skipped.push({ code: change.code, index });
      else changes.push(change);
    }
  }
  return { changes, skipped: isRead ? skipped : [{ code: 'event-unexpected', index: null }] };
}

/** null when the reader's condition does not hold. */
async function readItems({ when, each }: EventRule, body: unknown, variables: Variables) {
  if (when !== null && (await when.evaluate(body, variables)) !== true) return null;
  const items = each === null ? body : await each.evaluate(body, variables);
  if (items === undefined || items === null) return [];
  // One result of a JSONata expression stands for the list of it.
  return Array.isArray(items) ? (items as readonly unknown[]) : [items];
}

async function readEvent(
  rule: EventRule,
  read: (expression: Expression | null) => Promise<unknown> | undefined,
  isRouted: boolean,
): Promise<InboundChange | Refused> {
  const kind = shortText(await read(rule.object)) ?? '';
  const object = rule.objects.get(kind) ?? null;
  const named = mayBeNamed(rule, kind) ? kind : null;
  if (object === null && named === null) return new Refused('event-object-unknown');
  const change = rule.changes.get(shortText(await read(rule.change)) ?? '');
  if (change === undefined) return new Refused('event-change-unknown');
  const objectId = shortText(await read(rule.objectId));
  if (objectId === null || !isRecordId(objectId)) return new Refused('event-without-id');
  const account = shortText(await read(rule.account));
  if (isRouted && account === null) return new Refused('event-without-account');
  const occurredAtMs = readTime(await read(rule.occurredAt));
  if (occurredAtMs instanceof Refused) return occurredAtMs;
  const dedupe = shortText(await read(rule.dedupe));
  const record = (await read(rule.record)) ?? null;
  if (record !== null && !isObject(record)) return new Refused('event-unreadable');
  return { object, named, objectId, change, occurredAtMs, account, dedupe, record };
}

/** An expression that could not be evaluated refuses; all else is a bug and goes on its way. */
function refuseExpression(code: RefusalCode): (error: unknown) => Refused {
  return (error) => {
    if (error instanceof ExpressionError) return new Refused(code);
    throw error;
  };
}

/** Texts and numbers, as text; null for all else and for what is too long to be meant. */
function shortText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= longestText ? text : null;
}

function readTime(value: unknown): number | null | Refused {
  if (value === undefined || value === null) return null;
  const epochMs = typeof value === 'string' ? parseTime(value, 'iso') : null;
  return epochMs ?? new Refused('event-time-unreadable');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
