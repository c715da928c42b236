import type { TroubleKind, UnsequencedNotice } from '../../event/event.ts';
import type { PollKey, Trouble } from '../port.ts';
import { parseStored } from './stored-json.ts';

export interface TroubleRow {
  kind: TroubleKind;
  notice: string;
}

export type TroubleValues = [instanceId: string, kind: string, object: string, feed: string];

/** A trouble of all of an instance has neither object nor feed. */
export function troubleValues({ instanceId, object, feed }: PollKey, { kind, of }: Trouble): TroubleValues {
  return of === 'instance' ? [instanceId, kind, '', ''] : [instanceId, kind, object, feed];
}

export function noticeOf({ notice }: TroubleRow): UnsequencedNotice {
  return parseStored(notice, 'notice') as UnsequencedNotice;
}
