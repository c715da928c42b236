import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { Failure } from '../diagnostic/failure.ts';
import { type Clock, virtualClock } from './clock.ts';
import { addControl } from './control.ts';
import { addDisturbance } from './disturb.ts';
import { FaultBox, type Faults } from './faults.ts';
import { type SandboxLogger, silentLogger } from './logger.ts';
import { Notifier } from './notifier.ts';
import { openRecordFile, type RecordFile } from './record-file.ts';
import { RecordBook } from './records.ts';
import { findVendor } from './registry.ts';
import { TokenBook } from './tokens.ts';
import type { SandboxVendor, SandboxWorld, VendorHabits } from './vendor.ts';

export { vendors } from './registry.ts';

export interface SandboxOptions {
  /** One of `vendors`. */
  readonly vendor: string;
  /** TCP port; 0 takes any free one. */
  readonly port: number;
  /** A sandbox knows no secrets and asks for none, so it never listens beyond this machine. */
  readonly host?: '127.0.0.1';
  /** JSON file that holds the records; without one they live in memory. */
  readonly file?: string;
  readonly clock?: Clock;
  readonly faults?: Partial<Faults>;
  /** Calls are counted by the vendor's own numbers, where the sandbox's are wider. */
  readonly ownRates?: boolean;
  readonly logger?: SandboxLogger;
}

export interface Sandbox {
  /** `http://127.0.0.1:port`: the base URL that an instance of this vendor's connector is given. */
  readonly origin: string;
  readonly vendor: string;
  /** What a client enters to connect. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly habits: VendorHabits;
  close(): Promise<void>;
}

/** Longer than any URL the vendors allow, so that each can refuse in its own words. */
const maxHeaderBytes = 262_144;
const maxBodyBytes = 16_777_216;

/**
 * Starts a simulated vendor on the loopback interface, with its records, its control paths under /_sandbox and a page at /.
 * Throws a Failure `listen-failed` when the port is taken, and a RangeError for a vendor that is not in `vendors`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const vendor = findVendor(options.vendor);
  if (vendor === undefined) throw new RangeError(`no sandbox for ${options.vendor}`);
  const logger = options.logger ?? silentLogger;
  const clock = virtualClock(options.clock ?? Date);
  const faults = new FaultBox({ ...(options.ownRates === true && vendor.rates), ...options.faults });
  const book = new RecordBook({ objects: vendor.objects, shape: vendor.shape, clock, lags: () => faults.current });
  const file = await openRecords(vendor, book, clock, options.file, logger);

  let origin = '';
  const notifier = new Notifier({
    webhooks: vendor.webhooks,
    clock,
    faults,
    logger,
    record: (object, id) => book.find(object, id, 'latest')?.record,
    origin: () => origin,
  });
  book.onChange = (change, visibleAtMs) => notifier.take(change, visibleAtMs);
  const tokens = new TokenBook(clock);
  const world: SandboxWorld = { clock, faults, book, tokens, notifier, origin: () => origin };
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    http: { maxHeaderSize: maxHeaderBytes },
    routerOptions: { maxParamLength: 1024 },
  });
  addHostCheck(app);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('date', new Date(clock.now()).toUTCString());
  });
  app.addHook('onError', async (request, _reply, error) => {
    logger.warn({ url: request.url, error: error.stack }, 'the sandbox itself failed');
  });
  addControl(app, { vendor, world, file, path: options.file ?? null });
  app.register(async (api) => {
    addDisturbance(api, vendor, world);
    vendor.routes(api, world);
  });
  try {
    await app.listen({ port: options.port, host: '127.0.0.1' });
  } catch (error) {
    await app.close();
    await file?.close();
    throw new Failure('listen-failed', `The ${vendor.name} sandbox cannot listen on port ${options.port}.`, {
      retryable: false,
      help: 'Choose another port, or stop what uses it.',
      cause: error,
    });
  }
  origin = `http://127.0.0.1:${portOf(app)}`;
  return {
    origin,
    vendor: vendor.name,
    credentials: vendor.credentials,
    habits: vendor.habits,
    close: async () => {
      await notifier.close();
      await app.close();
      await file?.close();
    },
  };
}

async function openRecords(
  vendor: SandboxVendor,
  book: RecordBook,
  clock: Clock,
  path: string | undefined,
  logger: SandboxLogger,
): Promise<RecordFile | undefined> {
  const file =
    path === undefined
      ? undefined
      : await openRecordFile({
          path,
          objects: vendor.objects,
          logger,
          image: () => book.image(),
          adopt: (edits) => book.adopt(edits),
        });
  if (file?.found === undefined) {
    for (const object of vendor.objects) {
      for (const { given, atMs } of vendor.seeds.start(object, clock.now())) book.seed(object, given, atMs);
    }
  } else book.load(file.found);
  if (file !== undefined) {
    book.onWrite = file.save;
    book.refresh = file.refresh;
    file.save();
  }
  return file;
}

/** Refuses names other than this machine's, so that no web page can reach the sandbox through a name of its own. */
function addHostCheck(app: FastifyInstance): void {
  const allowed = new Set(['127.0.0.1', 'localhost', '[::1]']);
  app.addHook('onRequest', async (request, reply) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (!allowed.has(name))
      await reply.code(421).send({ message: `This sandbox does not answer for the host ${name}.` });
  });
}

function portOf(app: FastifyInstance): number {
  const address: AddressInfo | string | null = app.server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the sandbox has no port');
  return address.port;
}
