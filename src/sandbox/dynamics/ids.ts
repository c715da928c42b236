import { createHash } from 'node:crypto';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A GUID that follows from a text, so that a run can be repeated. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-b${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const makeRecordId = (object: string, serial: number): string => guidOf(`${object} ${serial}`);

/** True for a GUID as the vendor writes it: lower case, no braces. */
export const isGuid = (text: string): boolean => guid.test(text);
