/** What a connector says of its cursors and pages, held against itself. */
import type { CursorTraps, PageDefinition, RequestTemplate } from '../definition/connector.ts';
import type { Fields } from '../where/ast.ts';
import type { Findings } from './findings.ts';
import { linkPath } from './link-template.ts';

/** Milliseconds of the smallest step that a vendor compares. */
const unitSeconds: Readonly<Record<CursorTraps['granularity'], number>> = { ms: 0.001, s: 1, min: 60, day: 86_400 };

/** The traps of a cursor: all are stated, by the schema; here they must not contradict each other or the field. */
export function checkCursor(
  { cursor, strategy }: { readonly cursor: CursorTraps; readonly strategy: string },
  fields: Fields,
  pointer: string,
  findings: Findings,
): void {
  const field = fields.get(cursor.field);
  // A bound is written in the field's step and a window moves in the cursor's: different steps would leave gaps.
  if (field !== undefined && cursor.granularity !== field.granularity) {
    findings.add({
      code: 'connector-cursor-contradiction',
      message: `The cursor has the granularity ${cursor.granularity}, its field "${field.name}" has ${field.granularity}.`,
      help: `State the vendor's own step in both: "granularity" of fields.${field.name} is ms when it is left out.`,
      pointer: `${pointer}/cursor/granularity`,
    });
  }
  if (cursor.overlapSeconds < unitSeconds[cursor.granularity]) {
    findings.add({
      code: 'connector-cursor-contradiction',
      message: `An overlap of ${cursor.overlapSeconds} s is less than one step of the cursor, ${cursor.granularity}.`,
      help: 'Records of the step in which a window ended would be lost: make overlapSeconds at least one step.',
      pointer: `${pointer}/cursor/overlapSeconds`,
    });
  }
  if (strategy === 'newest-first' && cursor.sorted) {
    findings.add({
      code: 'connector-cursor-contradiction',
      message: 'The list comes newest first, and the cursor says that it comes in ascending order.',
      help: 'Set sorted to false.',
      pointer: `${pointer}/cursor/sorted`,
    });
  }
}

/** The paths of a page definition, and the place in the request's statement that the next page is asked for in. */
export function checkPage(
  page: PageDefinition,
  { query = {} }: RequestTemplate,
  pointer: string,
  findings: Findings,
): void {
  for (const part of ['read', 'more', 'field'] as const) {
    const path: unknown = Reflect.get(page, part);
    if (typeof path === 'string') linkPath(path, `${pointer}/${part}`, findings);
  }
  const slot = 'send' in page ? page.send : null;
  if (slot?.between === undefined || slot.in !== 'query') return;
  const [before = '', after = ''] = slot.between;
  const [, ...rest] = (query[slot.name] ?? '').split(before);
  if (rest.join(before).includes(after)) return;
  findings.add({
    code: 'connector-schema',
    message: `The parameter "${slot.name}" of the request has no place between ${before} and ${after}.`,
    help: 'Write the statement of the first page with a value in that place.',
    pointer: `${pointer}/send/between`,
  });
}
