/** An event in one line for people. */
import { type AnyhookEvent, isChange, type StreamEvent } from '../event/event.ts';

/** Properties of the common resources that name a record to people, best first. */
const namingProperties = ['name', 'fullName', 'displayName', 'title', 'email', 'number'];

/** Control characters of a vendor's text could move the cursor or hide a line: each is shown as a dot. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '·');
}

function nameOf(event: AnyhookEvent): string {
  const { record } = event.data;
  if (record === null) return '';
  const person = [record['firstName'], record['lastName']].filter((part) => typeof part === 'string').join(' ');
  const named = namingProperties.map((property) => record[property]).find((value) => typeof value === 'string');
  return person !== '' ? person : typeof named === 'string' ? named : '';
}

/** `12:03:04  #7 salesforce contact.updated 003… Mara Lind`; of a notice, what is wrong. */
export function eventLine(event: StreamEvent): string {
  const { connector } = event.data;
  const at = isChange(event) ? event.data.detectedAt : event.time;
  const about = isChange(event) ? [event.data.objectId, nameOf(event)] : [event.subject, event.data.failure.message];
  const sequence = `#${event.sequence}`.padStart(5);
  const parts = [at.slice(11, 19), sequence, connector, event.type, ...about];
  return printable(parts.filter((part) => part !== '').join('  '));
}
