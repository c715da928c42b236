import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from './json.ts';
import type { RecordEdit, RecordImage } from './records.ts';

/**
 * Checks that a parsed file has the form of an image: `{"records": {object: {id: record}}, "deleted": {…}}`, where `deleted`
 * may be missing. Answers what is wrong in a sentence, or undefined.
 */
export function problemOfImage(value: unknown, objects: readonly string[]): string | undefined {
  if (!isJsonObject(value)) return 'the file is not a JSON object';
  if (value.records === undefined) return 'the file has no "records"';
  for (const section of ['records', 'deleted']) {
    const problem = problemOfSection(value[section] ?? {}, section, objects);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfSection(value: unknown, section: string, objects: readonly string[]): string | undefined {
  if (!isJsonObject(value)) return `"${section}" is not an object`;
  for (const [object, records] of Object.entries(value)) {
    if (!objects.includes(object)) return `"${section}" names ${object}, which is none of ${objects.join(', ')}`;
    if (!isJsonObject(records)) return `"${section}.${object}" is not an object of records by id`;
    const wrong = Object.keys(records).find((id) => !isJsonObject(records[id]));
    if (wrong !== undefined) return `"${section}.${object}.${wrong}" is not an object`;
  }
  return undefined;
}

type Section = RecordImage['records'];

const pairs = (section: Section): (readonly [object: string, id: string, record: JsonObject])[] =>
  Object.entries(section).flatMap(([object, records]) =>
    Object.entries(records).map(([id, record]) => [object, id, record] as const),
  );

/** What a person changed between two states of the file. A record that only moved to `deleted` was deleted. */
export function compareImages(before: RecordImage, after: RecordImage): readonly RecordEdit[] {
  const written = pairs(after.records).flatMap(([object, id, record]): RecordEdit[] => {
    const known = before.records[object]?.[id];
    if (known === undefined) return [{ object, id, action: 'create', record }];
    return isDeepStrictEqual(known, record) ? [] : [{ object, id, action: 'update', record }];
  });
  const removed = pairs(before.records)
    .filter(([object, id]) => after.records[object]?.[id] === undefined)
    .map(([object, id]): RecordEdit => ({ object, id, action: 'delete' }));
  const purged = pairs(before.deleted)
    .filter(([object, id]) => after.deleted[object]?.[id] === undefined && after.records[object]?.[id] === undefined)
    .map(([object, id]): RecordEdit => ({ object, id, action: 'purge' }));
  return [...written, ...removed, ...purged];
}
