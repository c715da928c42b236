/** What may be the id of a record: a text that every store keeps as it is, and finds again. */

/** Longer ones do not fit into an index. */
export const longestRecordIdBytes = 1_024;

/** Half of a surrogate pair is no character: written as UTF-8 it would be another text. */
export function isRecordId(text: string): boolean {
  return text !== '' && !/\p{Surrogate}/u.test(text) && Buffer.byteLength(text) <= longestRecordIdBytes;
}
