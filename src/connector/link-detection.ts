/** One way to find changed or deleted records, with its where compiled to the vendor's query. */
import type { Detection as DetectionDefinition, PageDefinition, RequestTemplate } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import { compileQuery } from '../dialect/compile.ts';
import type { CompiledQuery } from '../dialect/query.ts';
import type { Field, Fields, Normal, Where } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import type { CompiledRequest, Detection } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { findTimeField } from './link-fields.ts';
import { linkPath, linkTemplate, linkTexts, type Scope } from './link-template.ts';
import { requestNames } from './render-request.ts';

/** What the detections of one object share. */
export interface DetectionContext {
  readonly fields: Fields;
  readonly selected: readonly string[];
  readonly dialect: Dialect | null;
  readonly settings: Scope;
}

/** null when a part of it is missing; then the findings say which. */
export function linkDetection(
  definition: DetectionDefinition,
  { fields, selected, dialect, settings }: DetectionContext,
  pointer: string,
  findings: Findings,
): Detection | null {
  const request = linkRequest(
    definition.request,
    [...settings, ...requestNames],
    selected,
    `${pointer}/request`,
    findings,
  );
  const records = linkPath(definition.records, `${pointer}/records`, findings);
  const total = definition.total === undefined ? null : linkPath(definition.total, `${pointer}/total`, findings);
  checkPage(definition.page, `${pointer}/page`, findings);
  const cursorField = findTimeField(definition.cursor.field, fields, `${pointer}/cursor/field`, findings);
  if (cursorField !== null) checkGranularity(definition, cursorField, pointer, findings);
  const where = linkWhere(definition, fields, pointer, findings);
  if (cursorField === null || where === null || dialect === null) return null;
  const query = compileQuery(where, dialect);
  if (definition.pushdown ?? true) tellUnpushed(query, `${pointer}/where`, findings);
  return {
    strategy: definition.strategy,
    request,
    records,
    total,
    page: definition.page,
    query,
    pushdown: definition.pushdown ?? true,
    cursor: definition.cursor,
    cursorField,
    everySeconds: definition.everySeconds ?? 60,
  };
}

/** A connector's own where should cost the vendor, not us: what its dialect cannot say is worth knowing. */
function tellUnpushed({ where, predicates }: CompiledQuery, pointer: string, findings: Findings): void {
  for (const { text, pushed, reason } of predicates) {
    if (pushed !== 'no') continue;
    const start = where.text.indexOf(text);
    findings.add({
      code: 'dialect-operator-missing',
      severity: 'warning',
      message: `The dialect cannot express ${text}: every record of the rest is read, and this is evaluated here.`,
      help: `Because ${reason}.`,
      pointer,
      ...(start >= 0 && { span: { start, end: start + text.length } }),
    });
  }
}

/** Compiles the texts of a request. @param fields the vendor's names that {fields} stands for. */
export function linkRequest(
  definition: RequestTemplate,
  scope: Scope,
  fields: readonly string[],
  pointer: string,
  findings: Findings,
): CompiledRequest {
  const { method, path, query, headers, body } = definition;
  return {
    method,
    path: linkTemplate(path, scope, `${pointer}/path`, findings),
    query: linkTexts(query, scope, `${pointer}/query`, findings),
    headers: linkTexts(headers, scope, `${pointer}/headers`, findings),
    body: body === undefined ? null : linkTemplate(body, scope, `${pointer}/body`, findings),
    fields,
  };
}

/** A bound is written in the field's step and a window moves in the cursor's: different steps would leave gaps. */
function checkGranularity({ cursor }: DetectionDefinition, field: Field, pointer: string, findings: Findings): void {
  if (cursor.granularity === field.granularity) return;
  findings.add({
    code: 'connector-cursor-contradiction',
    message: `The cursor has the granularity ${cursor.granularity}, its field "${field.name}" has ${field.granularity}.`,
    help: `State the vendor's own step in both: "granularity" of fields.${field.name} is ms when it is left out.`,
    pointer: `${pointer}/cursor/granularity`,
  });
}

function checkPage(page: PageDefinition, pointer: string, findings: Findings): void {
  for (const part of ['read', 'more', 'field'] as const) {
    const path: unknown = Reflect.get(page, part);
    if (typeof path === 'string') linkPath(path, `${pointer}/${part}`, findings);
  }
}

function linkWhere(definition: DetectionDefinition, fields: Fields, pointer: string, findings: Findings): Where | null {
  const { where, diagnostics } = checkWhere(definition.where, fields, { windowParameters: true });
  findings.addAll(diagnostics, `${pointer}/where`);
  const { field } = definition.cursor;
  if (where === null || !fields.has(field) || boundsBelow(where.normal, field)) return where;
  findings.add({
    code: 'connector-window-unbound',
    message: `The where does not bound "${field}" by :since, so every poll would read everything.`,
    help: `Add it with AND: ${field} >= :since.`,
    pointer: pointerTo(pointer, 'where'),
  });
  return null;
}

/** Whether every record that passes has a cursor field of at least :since. */
function boundsBelow(where: Normal, field: string): boolean {
  switch (where.kind) {
    case 'and':
      return where.args.some((arg) => boundsBelow(arg, field));
    case 'compare':
      return where.field.name === field && (where.op === '>=' || where.op === '>') && isSince(where.value);
    case 'between':
      return where.field.name === field && !where.negated && isSince(where.low);
    default:
      return false;
  }
}

function isSince(value: { readonly kind: string; readonly name?: string }): boolean {
  return value.kind === 'parameter' && value.name === 'since';
}
