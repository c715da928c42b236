import { Failure } from '../../diagnostic/failure.ts';
import { type Path, readPath } from '../../template/path.ts';
import type { VendorAnswer } from '../client.ts';

/**
 * The records of an answer. Some vendors leave the list out when it is empty: that is read as empty only where the
 * value that would hold it is there. All else would take an answer of another shape for "nothing changed".
 * @throws Failure `vendor-answer-unreadable`
 */
export function readRecords(answer: VendorAnswer, path: Path): readonly unknown[] {
  if (answer.status === 204) return [];
  const records = readPath(answer.body, path);
  if (Array.isArray(records)) return records;
  const parent = readPath(answer.body, path.slice(0, -1));
  const left = records === undefined || records === null;
  if (left && path.length > 0 && typeof parent === 'object' && parent !== null) return [];
  const place = path.length === 0 ? 'The answer' : `${path.join('.')} of the answer`;
  throw new Failure('vendor-answer-unreadable', `${place} is no list of records.`, { retryable: true });
}
