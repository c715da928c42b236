import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, Refusal } from './answer.ts';
import { makeEdits } from './edits.ts';
import type { Strike } from './faults.ts';
import type { SandboxVendor, SandboxWorld } from './vendor.ts';

/** Sends an answer: text as HTML or as the headers say, anything else as JSON. */
export async function sendAnswer(reply: FastifyReply, answer: Answer): Promise<void> {
  reply.code(answer.status);
  if (typeof answer.body === 'string') reply.type('text/html; charset=UTF-8');
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value);
  await reply.send(answer.body);
}

/**
 * Makes a vendor's paths behave like a server on a bad day, as the faults say, and puts every refusal and every unforeseen
 * request into the vendor's own words. Bodies are left as text, because some vendors limit their length.
 */
export function addDisturbance(api: FastifyInstance, vendor: SandboxVendor, world: SandboxWorld): void {
  const struck = new WeakMap<FastifyRequest, Strike>();

  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  api.addHook('onRequest', async (request, reply) => {
    await world.book.refresh();
    if (vendor.tokenPaths.some((path) => request.url.startsWith(path))) return;
    const strike = world.faults.strike(request.url);
    if (strike === undefined) return;
    struck.set(request, strike);
    await strikeEarly(strike, vendor, world, request, reply);
  });
  api.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload === '') return payload;
    return spoilBody(payload, struck.get(request), world.faults.current.slowBodyMs, reply);
  });
  api.setErrorHandler(async (error, _request, reply) => {
    await sendAnswer(reply, answerOf(error, vendor));
  });
  api.setNotFoundHandler(async (request, reply) => {
    await sendAnswer(reply, vendor.answers.missing(request.url));
  });
}

function answerOf(error: unknown, vendor: SandboxVendor): Answer {
  if (error instanceof Refusal) return error.answer;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  // Only what the framework itself refuses (a body too large, a broken length) ends here; the rest is a bug and must be seen.
  if (status >= 500) throw error;
  return vendor.answers.unreadable(error instanceof Error ? error.message : String(error));
}

const htmlPage =
  '<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be right back</h1></body></html>';

async function strikeEarly(
  strike: Strike,
  vendor: SandboxVendor,
  world: SandboxWorld,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const faults = world.faults.current;
  if (strike === 'throttle') await sendAnswer(reply, vendor.answers.throttled(faults.retryAfterSeconds, request.url));
  else if (strike === 'forbid') await sendAnswer(reply, vendor.answers.forbidden(request.url));
  else if (strike === 'error') await sendAnswer(reply, vendor.answers.broken(faults.errorStatus));
  else if (strike === 'html') await sendAnswer(reply, { status: 200, body: htmlPage });
  else if (strike === 'empty') await reply.code(200).send();
  else if (strike === 'expire') world.tokens.expireAll();
  else if (strike === 'edit')
    makeEdits(vendor, world, { object: undefined, id: undefined, action: undefined, count: 1 });
  else if (strike === 'drop') {
    reply.hijack();
    request.raw.socket.destroy();
  }
}

/** What is left of a body: cut short, broken off, or held up in its middle. */
function spoilBody(
  payload: string,
  strike: Strike | undefined,
  slowBodyMs: number,
  reply: FastifyReply,
): string | Readable {
  const bytes = Buffer.from(payload);
  const middle = Math.floor(bytes.length / 2);
  if (strike === 'truncate') return bytes.subarray(0, middle).toString('latin1');
  if (strike === 'reset') {
    reply.header('content-length', bytes.length);
    return Readable.from(brokenOff(bytes.subarray(0, middle)));
  }
  return slowBodyMs > 0 ? Readable.from(heldUp(bytes, middle, slowBodyMs)) : payload;
}

async function* brokenOff(half: Buffer): AsyncGenerator<Buffer> {
  yield half;
  // Gives the first half time to leave before the connection breaks.
  await new Promise((resolve) => setTimeout(resolve, 20));
  throw new Error('the connection is broken off on purpose');
}

async function* heldUp(bytes: Buffer, middle: number, pauseMs: number): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, middle);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  yield bytes.subarray(middle);
}
