import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './answer.ts';
import { queryOf } from './body.ts';
import type { Action } from './change.ts';
import { sendAnswer } from './disturb.ts';
import { makeEdits } from './edits.ts';
import { checkFaults, type Faults } from './faults.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { pageHeaders, renderPage } from './page.ts';
import type { RecordFile } from './record-file.ts';
import type { SandboxVendor, SandboxWorld } from './vendor.ts';
import { addWebhookPaths } from './webhook-control.ts';

export interface ControlOptions {
  readonly vendor: SandboxVendor;
  readonly world: SandboxWorld;
  readonly file: RecordFile | undefined;
  readonly path: string | null;
}

const refuse = (status: number, message: string): Refusal => new Refusal({ status, body: { message } });

const actions: readonly Action[] = ['create', 'update', 'delete'];
const maxEdits = 100_000;

/** Adds the page at / and the paths under /_sandbox by which people and tests change records, time and faults. */
export function addControl(app: FastifyInstance, options: ControlOptions): void {
  const { vendor, world, file } = options;
  app.register(async (control) => {
    control.setErrorHandler(async (error, _request, reply) => answerError(error, reply));
    control.addHook('onRequest', () => world.book.refresh());
    control.get('/', async (_request, reply) => {
      const page = renderPage(vendor, world, options.path);
      await reply.headers(pageHeaders).type('text/html; charset=utf-8').send(page);
    });
    control.get('/_sandbox/health', async () => ({
      vendor: vendor.name,
      time: new Date(world.clock.now()).toISOString(),
      file: options.path,
      problem: file?.problem() ?? null,
      objects: Object.fromEntries(vendor.objects.map((object) => [object, count(world, object)])),
    }));
    control.get('/_sandbox/journal', async () => world.book.journal);
    addRecordPaths(control, options);
    addFaultPaths(control, world);
    addWebhookPaths(control, vendor, world);
    control.post('/_sandbox/clock', async (request) => moveClock(world, bodyOf(request)));
  });
}

function addRecordPaths(control: FastifyInstance, { vendor, world }: ControlOptions): void {
  control.get('/_sandbox/records', async (request) => {
    const object = queryOf(request.url).object;
    const objects = object === undefined ? vendor.objects : [knownObject(world, object)];
    return Object.fromEntries(objects.map((name) => [name, liveRecords(world, name)]));
  });
  control.post('/_sandbox/records', async (request, reply) => {
    const { object, record, id } = bodyOf(request);
    const name = knownObject(world, object);
    if (!isJsonObject(record)) throw refuse(400, '"record" must be an object');
    if (id !== undefined && typeof id !== 'string') throw refuse(400, '"id" must be text');
    const updated = id === undefined ? undefined : world.book.update(name, id, record);
    const stored = updated ?? world.book.create(name, record, id);
    await reply.code(updated === undefined ? 201 : 200).send({ object: name, id: stored.id, record: stored.record });
  });
  control.delete<{ Params: { object: string; id: string } }>('/_sandbox/records/:object/:id', async (request) => {
    const { object, id } = request.params;
    const stored = world.book.remove(knownObject(world, object), id);
    if (stored === undefined) throw refuse(404, `${object} ${id} does not exist`);
    return { object, id, record: stored.record };
  });
  control.post('/_sandbox/restore', async (request) => {
    const { object, id } = bodyOf(request);
    const name = knownObject(world, object);
    if (!vendor.habits.restores) throw refuse(409, `${vendor.name} brings no deleted record back`);
    const stored = typeof id === 'string' ? world.book.restore(name, id) : undefined;
    if (stored === undefined) throw refuse(404, '"id" must be that of a deleted record of "object"');
    return { object: name, id: stored.id, record: stored.record };
  });
  control.post('/_sandbox/purge', async (request) => {
    const { object, id } = bodyOf(request);
    const name = knownObject(world, object);
    if (!vendor.habits.purges) throw refuse(409, `${vendor.name} deletes no record for good`);
    const stored = typeof id === 'string' ? world.book.purge(name, id) : undefined;
    if (stored === undefined) throw refuse(404, '"id" must be that of a record of "object"');
    return { object: name, id: stored.id };
  });
  control.post('/_sandbox/edit', async (request) => {
    const { object, action, id, count: times = 1 } = bodyOf(request);
    const known = object === undefined ? undefined : knownObject(world, object);
    const chosen = actions.find((name) => name === action);
    if (action !== undefined && chosen === undefined)
      throw refuse(400, `"action" must be one of ${actions.join(', ')}`);
    if (!isWhole(times) || times < 1 || times > maxEdits) throw refuse(400, `"count" must be from 1 to ${maxEdits}`);
    if (
      id !== undefined &&
      (typeof id !== 'string' || known === undefined || world.book.find(known, id, 'latest') === undefined)
    )
      throw refuse(404, '"id" must be that of a record of "object"');
    return makeEdits(vendor, world, { object: known, id, action: chosen, count: times });
  });
}

function addFaultPaths(control: FastifyInstance, world: SandboxWorld): void {
  control.get('/_sandbox/faults', async () => world.faults.current);
  control.patch('/_sandbox/faults', async (request) => {
    const { expireTokens, revokeTokens, ...changes } = bodyOf(request);
    const problems = checkFaults(changes);
    if (problems.length > 0) throw refuse(400, problems.join('; '));
    world.faults.apply(changes as Partial<Faults>);
    if (expireTokens === true) world.tokens.expireAll();
    if (revokeTokens === true) world.tokens.revokeAll();
    return world.faults.current;
  });
}

function moveClock(world: SandboxWorld, body: JsonObject): JsonObject {
  const { advanceMs, setMs } = body;
  if (isWhole(setMs)) world.clock.set(setMs);
  else if (isWhole(advanceMs)) world.clock.advance(advanceMs);
  else throw refuse(400, 'give "advanceMs" or "setMs", in whole milliseconds');
  world.notifier.wake();
  const nowMs = world.clock.now();
  return { nowMs, time: new Date(nowMs).toISOString() };
}

async function answerError(error: unknown, reply: FastifyReply): Promise<void> {
  if (error instanceof Refusal) return sendAnswer(reply, error.answer);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 500) throw error;
  await reply.code(status).send({ message: error instanceof Error ? error.message : String(error) });
}

const isWhole = (value: Json | undefined): value is number => Number.isSafeInteger(value);

function bodyOf(request: FastifyRequest): JsonObject {
  if (request.body === undefined || request.body === null) return {};
  if (!isJsonObject(request.body)) throw refuse(400, 'the body must be a JSON object');
  return request.body;
}

function knownObject(world: SandboxWorld, object: Json | undefined): string {
  if (typeof object !== 'string' || !world.book.has(object)) throw refuse(400, `no object ${JSON.stringify(object)}`);
  return object;
}

const liveRecords = (world: SandboxWorld, object: string): JsonObject =>
  Object.fromEntries(
    world.book.list(object, 'latest').flatMap(({ id, record, deleted }) => (deleted ? [] : [[id, record]])),
  );

const count = (world: SandboxWorld, object: string): number =>
  world.book.list(object, 'latest').filter((stored) => !stored.deleted).length;
