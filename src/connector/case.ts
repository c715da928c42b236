/** Cases of a connector: native record in, event out; webhooks are read here and run elsewhere. What `anyhook test` and our own tests run. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConnectorCase } from '../definition/case.ts';
import type { WebhookCase } from '../definition/webhook-case.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { readPath } from '../template/path.ts';
import { checkWhere } from '../where/check.ts';
import { compileFilter } from '../where/evaluate.ts';
import { readInstant } from '../where/instant.ts';
import { objectNamed } from './any-object.ts';
import type { Connector, ConnectorObject, Detection } from './connector.ts';
import { differences } from './differences.ts';
import { Findings, pointerTo } from './findings.ts';
import { checkInstance } from './instance.ts';
import { queryOf } from './narrow.ts';
import { type JsonSchema, readSchema } from './package-files.ts';
import { parseSource, type Source } from './source.ts';
import { createSchemaCheck } from './validate.ts';

export interface LoadedCase<Case> {
  readonly case: Case;
  readonly source: Source;
}

export interface LoadedCases {
  readonly cases: readonly LoadedCase<ConnectorCase>[];
  /** Those that have a request in place of a record. */
  readonly webhooks: readonly LoadedCase<WebhookCase>[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the cases of a connector: every JSON or YAML file of the folder `cases` beside its definition. */
export async function loadCases(definitionFile: string): Promise<LoadedCases> {
  const folder = path.join(path.dirname(definitionFile), 'cases');
  const checkCase = createSchemaCheck(readSchema('case'), 'case-schema');
  const checkWebhook = createSchemaCheck(readSchema('webhook-case'), 'case-schema');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(json|ya?ml)$/.test(name)).sort();
  const cases: LoadedCase<ConnectorCase>[] = [];
  const webhooks: LoadedCase<WebhookCase>[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const source = parseSource(file, await readFile(file, 'utf8'));
    const isWebhook = hasRequest(source.value);
    const check = isWebhook ? checkWebhook : checkCase;
    const wrong = source.diagnostics.length > 0 ? source.diagnostics : check(source.value, source);
    diagnostics.push(...wrong);
    if (wrong.length > 0) continue;
    if (isWebhook) webhooks.push({ case: source.value as WebhookCase, source });
    else cases.push({ case: source.value as ConnectorCase, source });
  }
  return { cases, webhooks, diagnostics };
}

function hasRequest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'request' in value;
}

/**
 * Runs a case. Every way in which the connector does otherwise than the case says is a `case-failed`.
 * @param resources the common resources, which the record must fit.
 */
export async function runCase(
  connector: Connector,
  testCase: ConnectorCase,
  resources: ReadonlyMap<string, JsonSchema>,
  source: Source | null = null,
): Promise<readonly Diagnostic[]> {
  const findings = new Findings(source);
  const object = objectNamed(connector, testCase.object) ?? undefined;
  const feed = testCase.feed ?? 'changes';
  const detection = detectionOf(testCase, object?.[feed] ?? null);
  if (object === undefined || detection === null) {
    const close = nearestName(testCase.object, connector.objects.keys());
    findings.add({
      code: 'case-failed',
      message:
        object === undefined
          ? `The connector has no object "${testCase.object}".`
          : `The object "${testCase.object}" detects no ${feed}${named(testCase)}.`,
      ...(close === null || close === testCase.object ? {} : { help: `Did you mean "${close}"?` }),
      pointer: '/object',
    });
    return findings.diagnostics;
  }
  checkReading(testCase, object, detection, findings);
  checkWheres(testCase, object, findings);
  if (feed === 'deletes' && detection.entry?.record === null) checkNothingLeft(testCase, findings);
  else await checkRecord(testCase, connector, object, resources, findings);
  return findings.diagnostics;
}

function detectionOf({ detection }: ConnectorCase, first: Detection | null): Detection | null {
  if (first === null || detection === undefined) return first;
  return [first, ...first.further].find(({ name }) => name === detection) ?? null;
}

const named = ({ detection }: ConnectorCase): string => (detection === undefined ? '' : ` by "${detection}"`);

/** Id, times and the detection's own where, as a poll reads them. */
function checkReading(
  testCase: ConnectorCase,
  object: ConnectorObject,
  detection: Detection,
  findings: Findings,
): void {
  const { native, event } = testCase;
  // A deleted record's case is what the detection sees of it; a changed one's is the record, also where a log tells of it.
  const isEntry = testCase.feed === 'deletes' && detection.entry !== null;
  const isGone = testCase.feed === 'deletes' || isDeleted(native, detection);
  const ownPath = (isGone ? detection.deletedId : null) ?? object.id;
  const idPath = isEntry ? (detection.entry?.objectId ?? object.id) : ownPath;
  const timeField = detection.entry === null || isEntry ? detection.timeField : object.occurredAt;
  const id: unknown = readPath(native, idPath);
  const expectEqual = (name: string, expected: unknown, actual: unknown) => {
    for (const { pointer, message } of differences(expected, actual, `/event/${name}`))
      findings.add({ code: 'case-failed', message, pointer });
  };
  expectEqual('objectId', event.objectId, typeof id === 'number' ? String(id) : id);
  const changedAtMs = readInstant(readPath(native, timeField.path), timeField);
  expectEqual('occurredAt', event.occurredAt, instantText(changedAtMs));
  if (event.createdAt !== undefined) {
    const { createdAt } = object;
    expectEqual(
      'createdAt',
      event.createdAt,
      instantText(createdAt === null ? null : readInstant(readPath(native, createdAt.path), createdAt)),
    );
  }
  const query = queryOf(detection);
  if (changedAtMs === null || query === null || timeField !== detection.timeField) return;
  const { where } = query;
  // A walk from record to record has an exclusive bound.
  const since = detection.strategy === 'keyset' ? changedAtMs - 1 : changedAtMs;
  const bindings = { parameters: { since, until: changedAtMs + dayMs }, nowMs: changedAtMs };
  if (compileFilter(where.normal, where.fields)(bindings)(native)) return;
  findings.add({
    code: 'case-failed',
    message: `The record does not pass the where of its own detection: ${where.text}`,
    pointer: '/native',
  });
}

const dayMs = 86_400_000;

function isDeleted(native: unknown, { deletedWhen }: Detection): boolean {
  return (
    deletedWhen !== null && compileFilter(deletedWhen.normal, deletedWhen.fields)({ parameters: {}, nowMs: 0 })(native)
  );
}

function checkWheres({ native, where = {} }: ConnectorCase, object: ConnectorObject, findings: Findings): void {
  for (const [text, passes] of Object.entries(where)) {
    const pointer = pointerTo('/where', text);
    const checked = checkWhere(text, object.fields);
    for (const { span: _inName, ...diagnostic } of checked.diagnostics) findings.addForName({ ...diagnostic, pointer });
    if (checked.where === null) continue;
    const { normal, fields } = checked.where;
    if (compileFilter(normal, fields)({ parameters: {}, nowMs: 0 })(native) === passes) continue;
    findings.add({
      code: 'case-failed',
      message: `The record ${passes ? 'does not pass' : 'passes'} ${text}`,
      pointer,
    });
  }
}

/** A log's entry about a deleted record is not the record. */
function checkNothingLeft({ event }: ConnectorCase, findings: Findings): void {
  for (const { pointer, message } of differences(event.record, null, '/event/record'))
    findings.add({ code: 'case-failed', message, pointer });
}

async function checkRecord(
  { native, event, feed, settings = {} }: ConnectorCase,
  connector: Connector,
  object: ConnectorObject,
  resources: ReadonlyMap<string, JsonSchema>,
  findings: Findings,
): Promise<void> {
  // As a poll does: nothing is made of a record of which only the word of its delete is left.
  if ((readPath(native, object.id) ?? null) === null) {
    for (const { pointer, message } of differences(event.record, null, '/event/record'))
      findings.add({ code: 'case-failed', message, pointer });
    return;
  }
  const context = {
    settings: checkInstance(connector, { settings }).settings,
    object: object.name,
    isDeleted: feed === 'deletes',
  };
  const record = await object.mapping.apply(native, context).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    findings.add({ code: 'case-failed', message: error.message, pointer: '/native' });
    return null;
  });
  if (record === null) return;
  for (const { pointer, message } of differences(event.record, record, '/event/record'))
    findings.add({ code: 'case-failed', message, pointer });
  const schema = resources.get(object.resource);
  if (schema === undefined) return;
  for (const { message, pointer = '' } of createSchemaCheck(schema, 'case-failed')(record)) {
    findings.add({ code: 'case-failed', message: `${pointer}: ${message}`, pointer: `/event/record${pointer}` });
  }
}

function instantText(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
