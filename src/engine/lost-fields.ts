/** What is told when an account no longer has fields that were read of an object. Pure. */
import type { Connector } from '../connector/connector.ts';
import { describedObject, type FieldWishes, listed, lostFields, wishesThatAreLeft } from '../connector/described.ts';
import type { Description } from '../connector/description.ts';
import type { UnsequencedNotice } from '../event/event.ts';
import { fieldsLost } from '../event/notice.ts';
import type { Instance } from '../store/port.ts';

export interface Descriptions {
  readonly before: Description;
  readonly after: Description;
}

/** null when nothing is lost, or so much that there is no object left: polls fail then, and say why. */
export function lossNotice(
  connector: Connector,
  { id, name, tags }: Instance,
  object: string,
  wishes: FieldWishes,
  { before, after }: Descriptions,
  nowMs: number,
): UnsequencedNotice | null {
  const linked = (description: Description) =>
    describedObject(connector, object, description, wishesThatAreLeft(connector, object, description, wishes)).object;
  const [was, is] = [linked(before), linked(after)];
  const lost = was === null || is === null ? [] : lostFields(was, is, wishes.where);
  if (lost.length === 0) return null;
  const failure = {
    code: 'field-missing',
    message: `The account no longer shows of ${object}: ${listed(lost)}. Records lack it from now on.`,
    help: 'Where it is only hidden, let the user of this connection read it: within a day it is read again.',
  };
  return fieldsLost({ connector: connector.definition.key, instance: { id, name, tags }, object, failure }, nowMs);
}
