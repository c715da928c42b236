import type { TroubleKind, UnsequencedNotice } from '../../event/event.ts';
import type { PollKey, Trouble } from '../port.ts';
import { parseStored } from './stored-json.ts';

export interface TroubleRow {
  kind: TroubleKind;
  cause: string;
  notice: string;
}

export type TroubleValues = [instanceId: string, kind: string, object: string, feed: string, cause: string];

/** A trouble of all of an instance has neither object nor feed, nor anything in common with others. */
export function troubleValues({ instanceId, object, feed }: PollKey, { kind, of, cause }: Trouble): TroubleValues {
  return of === 'instance' ? [instanceId, kind, '', '', ''] : [instanceId, kind, object, feed, cause];
}

export function noticeOf({ notice }: Pick<TroubleRow, 'notice'>): UnsequencedNotice {
  return parseStored(notice, 'notice') as UnsequencedNotice;
}
