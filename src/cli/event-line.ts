/** An event in one line for people. */
import type { AnyhookEvent } from '../event/event.ts';

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

/** `12:03:04  #7 salesforce contact.updated 003… Mara Lind`. */
export function eventLine(event: AnyhookEvent): string {
  const { data } = event;
  const sequence = `#${event.sequence}`.padStart(5);
  const parts = [data.detectedAt.slice(11, 19), sequence, data.connector, event.type, data.objectId, nameOf(event)];
  return printable(parts.filter((part) => part !== '').join('  '));
}
