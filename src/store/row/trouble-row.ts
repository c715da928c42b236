import type { TroubleKind, UnsequencedNotice } from '../../event/event.ts';
import type { Feed, PollKey, Trouble } from '../port.ts';
import { parseStored } from './stored-json.ts';

export interface TroubleRow {
  kind: TroubleKind;
  cause: string;
  notice: string;
}

export interface NewTroubleRow extends TroubleRow {
  instance_id: string;
  object: string;
  feed: Feed | '';
}

/** A trouble of all of an instance has neither object nor feed, nor anything in common with others. */
export function troubleKey(
  { instanceId, object, feed }: PollKey,
  { kind, of, cause }: Trouble,
): Omit<NewTroubleRow, 'notice'> {
  const what = of === 'instance' ? ({ object: '', feed: '', cause: '' } as const) : { object, feed, cause };
  return { instance_id: instanceId, kind, ...what };
}

export function noticeOf({ notice }: Pick<TroubleRow, 'notice'>): UnsequencedNotice {
  return parseStored(notice, 'notice') as UnsequencedNotice;
}
