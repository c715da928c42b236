/** Events about the watching itself: a trouble that began, and its end. */
import type { NoticeData, NoticeEvent, NoticeType, TroubleKind, UnsequencedNotice } from './event.ts';
import { eventId } from './id.ts';

/** A trouble that began now: who is concerned, what is wrong, since when. */
export type TroubleParts = Omit<NoticeData, 'until'>;

const begun = { poller: 'poller.stalled', credentials: 'credentials.failed' } as const;
const ended = { 'poller.stalled': 'poller.recovered', 'credentials.failed': 'credentials.restored' } as const;

/** `poller.stalled` or `credentials.failed`. The same trouble, told twice, has the same id. */
export function troubleBegun(kind: TroubleKind, parts: TroubleParts, nowMs: number): UnsequencedNotice {
  return notice(begun[kind], { ...parts, until: null }, nowMs);
}

/** `fields.lost`: the account no longer has what was read of an object, and polls go on without. Nothing ends it. */
export function fieldsLost(parts: Omit<TroubleParts, 'feed' | 'since'>, nowMs: number): UnsequencedNotice {
  return notice('fields.lost', { ...parts, feed: null, since: new Date(nowMs).toISOString(), until: null }, nowMs);
}

/** `poller.recovered` or `credentials.restored`, made from the notice of the beginning. */
export function troubleEnded(beginning: Omit<NoticeEvent, 'sequence'>, nowMs: number): UnsequencedNotice {
  const type = beginning.type in ended ? ended[beginning.type as keyof typeof ended] : beginning.type;
  return notice(type, { ...beginning.data, until: new Date(nowMs).toISOString() }, nowMs);
}

function notice(type: NoticeType, data: NoticeData, nowMs: number): UnsequencedNotice {
  const { instance, object, feed } = data;
  const source = `/instances/${encodeURIComponent(instance.id)}`;
  return {
    specversion: '1.0',
    id: eventId({
      instanceId: instance.id,
      object: object ?? '',
      // No record's: those of one object have a version with no such sign in front.
      recordId: feed ?? '',
      version: `\n${type}@${data.since}${feed === null ? ` ${data.failure.code}` : ''}`,
    }),
    source: object === null ? source : `${source}/objects/${encodeURIComponent(object)}`,
    type,
    subject: object ?? instance.id,
    time: new Date(nowMs).toISOString(),
    datacontenttype: 'application/json',
    data,
  };
}
