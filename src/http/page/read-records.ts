import { Failure } from '../../diagnostic/failure.ts';
import { type Path, readPath } from '../../template/path.ts';
import type { VendorAnswer } from '../client.ts';

/**
 * The records of an answer. A list may be left out when it is empty where the value that would hold it is there: if that is
 * the answer itself, only at a vendor that is known to do so. All else would take an answer of another shape, such as an
 * error that is told with status 200, for "nothing changed".
 * @throws Failure `vendor-answer-unreadable`
 */
export function readRecords(answer: VendorAnswer, path: Path): readonly unknown[] {
  if (answer.status === 204) return [];
  const records = readPath(answer.body, path);
  if (Array.isArray(records)) return records;
  if (isEmptyList(records, answer, path)) return [];
  const place = path.length === 0 ? 'The answer' : `${path.join('.')} of the answer`;
  throw new Failure('vendor-answer-unreadable', `${place} is no list of records.`, {
    retryable: true,
    ...(records === undefined && {
      help: 'If the vendor leaves out a list that is empty, set leavesOutEmptyLists of the connector’s http.',
    }),
  });
}

function isEmptyList(records: unknown, { body, leavesOutEmptyLists }: VendorAnswer, path: Path): boolean {
  if (path.length === 0 || (records !== undefined && records !== null)) return false;
  const holder = readPath(body, path.slice(0, -1));
  if (typeof holder !== 'object' || holder === null) return false;
  return records === null || path.length > 1 || leavesOutEmptyLists === true;
}
