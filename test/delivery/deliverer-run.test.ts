import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DelivererStore } from '../../src/delivery/deliverer.ts';
import { buildEvent } from '../../src/event/build.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { parts } from '../event/an-event.ts';
import { commitEvents, instanceOf, keyOf, pollOf } from '../suite/store-builders.ts';
import { openReceiver, type Receiver, status } from './receiver.ts';
import { openWorkbench, secret, startedAt, storeOptions, type Workbench } from './workbench.ts';

const patience = { timeout: 10_000, interval: 5 };

let bench: Workbench;
let receiver: Receiver;
beforeEach(async () => {
  bench = await openWorkbench();
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver.close();
  await bench.close();
});

const subjects = (): string[] =>
  receiver.received.map(({ body }) => (JSON.parse(body.toString('utf8')) as AnyhookEvent).subject);
const until = (count: number): Promise<void> =>
  vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count), patience);

describe('run', () => {
  test('delivers what is stored while it sleeps, as soon as it is woken', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const deliverer = bench.deliverer({ clock: sleepsUntilWoken() });
    const stop = new AbortController();
    const running = deliverer.run(stop.signal);
    await bench.commit('a', ['1', '1', '2']);
    deliverer.wake();
    await until(3);
    await bench.commit('a', ['3']);
    deliverer.wake();
    await until(4);
    stop.abort();
    await running;
    expect(subjects().slice(0, 3).sort()).toEqual(['1', '1', '2']);
    expect(subjects()[3]).toBe('3');
  });

  test('sleeps until the next retry is due, and asks the store for nothing meanwhile', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1']);
    receiver.answer = status(500);
    let asked = 0;
    const slept: number[] = [];
    const store: DelivererStore = {
      ...bench.store,
      leaseDeliveries: (request) => {
        asked += 1;
        return bench.store.leaseDeliveries(request);
      },
    };
    const stop = new AbortController();
    const deliverer = bench.deliverer({
      store,
      clock: {
        ...sleepsUntilWoken(),
        sleep: async (ms) => {
          slept.push(ms);
          bench.now += ms;
          if (slept.length === 40) stop.abort();
          // The attempt that may be under way comes first: this clock is faster than a socket.
          await vi.waitFor(() => expect(bench.logged.length).toBe(receiver.received.length), patience);
        },
      },
    });
    await deliverer.run(stop.signal);
    expect(slept.every((ms) => ms > 0 && ms <= 5_000)).toBe(true);
    expect(asked).toBeLessThanOrEqual(2 * slept.length + receiver.received.length);
    expect(receiver.received.length).toBeGreaterThan(3);
  });

  test('goes on after the store did not answer', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1']);
    let broken = true;
    const store: DelivererStore = {
      ...bench.store,
      leaseDeliveries: (request) => {
        if (!broken) return bench.store.leaseDeliveries(request);
        broken = false;
        return Promise.reject(new Error('disk I/O error'));
      },
    };
    const clock = { now: () => bench.now, random: () => 0.5, sleep: () => new Promise<void>(setImmediate) };
    const deliverer = bench.deliverer({ store, clock });
    const stop = new AbortController();
    const running = deliverer.run(stop.signal);
    await until(1);
    stop.abort();
    await running;
    expect(bench.logged.join('\n')).toContain('disk I/O error');
  });

  test('a store that cannot keep an outcome does not stop the others; the event is sent again', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1', '2']);
    let broken = true;
    const store: DelivererStore = {
      ...bench.store,
      finishDelivery: (outcome) => {
        if (!broken) return bench.store.finishDelivery(outcome);
        broken = false;
        return Promise.reject(new Error('disk full'));
      },
    };
    const deliverer = bench.deliverer({ store, leaseMs: 60_000 });
    expect(await deliverer.deliverOnce()).toBe(2);
    bench.now += 60_000;
    expect(await deliverer.deliverOnce()).toBe(1);
    expect(new Set(subjects())).toEqual(new Set(['1', '2']));
    expect(bench.logged.join('\n')).toContain('disk full');
  });
});

describe('leases', () => {
  test('outlast a send, and let another process take over within 30 s', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const [event] = await bench.commit('a', ['1']);
    // The callback hangs: the first process dies with the send under way.
    receiver.answer = () => {};
    const first = bench.deliverer();
    const sending = first.deliverOnce();
    await until(1);

    receiver.answer = status(204);
    const second = bench.deliverer({ owner: 'another' });
    const sendMs = 15_000;
    bench.now = startedAt + sendMs + 5_000;
    expect(await second.deliverOnce()).toBe(0);
    bench.now = startedAt + 30_000;
    expect(await second.deliverOnce()).toBe(1);
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([event?.id, event?.id]);
    await first.close(0);
    await sending;
  });
});

describe('the end', () => {
  test('lets what is under way finish, takes nothing new, and gives leases back', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const [first] = await bench.commit('a', ['1', '1']);
    let release: () => void = () => undefined;
    receiver.answer = (response) => {
      release = () => response.writeHead(204).end();
    };
    const deliverer = bench.deliverer();
    const running = deliverer.run(new AbortController().signal);
    await until(1);
    const closed = deliverer.close();
    release();
    await Promise.all([closed, running]);
    expect(await bench.store.listAttempts(first?.id ?? '')).toMatchObject([{ status: 204 }]);
    expect(receiver.received).toHaveLength(1);

    receiver.answer = status(204);
    expect(await bench.deliverer().deliverOnce()).toBe(1);
  });

  test('calls off what does not finish in time: no attempt is counted, and another sends it at once', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const [event] = await bench.commit('a', ['1']);
    receiver.answer = () => undefined;
    const deliverer = bench.deliverer();
    const running = deliverer.run(new AbortController().signal);
    await until(1);
    await deliverer.close(20);
    await running;
    expect(await bench.store.listAttempts(event?.id ?? '')).toEqual([]);

    receiver.answer = status(204);
    expect(await bench.deliverer().deliverOnce()).toBe(1);
    expect(subjects()).toEqual(['1', '1']);
  });

  test('of the process loses nothing: a new one on the same store goes on where it was', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1', '1', '2']);
    receiver.answer = status(500);
    await bench.deliverer().deliverOnce();
    await bench.reopen();
    receiver.answer = status(204);
    receiver.received.length = 0;
    bench.now += 5_000;
    expect(await bench.deliverer().deliverOnce()).toBe(3);
    expect(subjects().sort()).toEqual(['1', '1', '2']);
  });
});

describe('a process that is killed', () => {
  const script = fileURLToPath(new URL('deliverer-process.ts', import.meta.url));
  let dir: string;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anyhook-killed-'));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(dir, { recursive: true });
  });

  const startProcess = (): ChildProcess => {
    child = spawn(process.execPath, ['--import', 'tsx', script, dir], { stdio: ['ignore', 'inherit', 'inherit'] });
    return child;
  };
  const ended = (one: ChildProcess): Promise<unknown> => new Promise((resolve) => one.once('exit', resolve));

  test('while it sends has its events sent by the next, with the same ids, in order', async () => {
    const store = await openSqliteStore(storeOptions(dir));
    const now = Date.now();
    await store.createInstance(instanceOf('a', { callback: { url: receiver.url, format: 'structured', secret } }), [
      pollOf(keyOf('a')),
    ]);
    const events = Array.from({ length: 12 }, (_, index) =>
      buildEvent({
        ...parts,
        instance: { ...parts.instance, id: 'a' },
        objectId: String(index % 4),
        version: String(index),
      }),
    );
    const stored = await commitEvents(store, keyOf('a'), events, { now });
    await store.close();

    receiver.answer = (response, { body }) => {
      // Half of the records are answered; the others hang, so that the kill finds them under way.
      const { subject } = JSON.parse(body.toString('utf8')) as AnyhookEvent;
      if (Number(subject) < 2) response.writeHead(204).end();
    };
    const first = startProcess();
    await until(8);
    first.kill('SIGKILL');
    await ended(first);
    const before = receiver.received.map(({ headers }) => headers['webhook-id']);

    receiver.answer = status(204);
    const second = startProcess();
    const ids = (): unknown[] => receiver.received.map(({ headers }) => headers['webhook-id']);
    await vi.waitFor(() => expect(new Set(ids())).toEqual(new Set(stored.map(({ id }) => id))), patience);
    second.kill('SIGTERM');
    await ended(second);

    for (const subject of ['0', '1', '2', '3']) {
      const sequences = receiver.received
        .map(({ body }) => JSON.parse(body.toString('utf8')) as AnyhookEvent)
        .flatMap((event) => (event.subject === subject ? [Number(event.sequence)] : []));
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    }
    // Only what was under way went out twice.
    const repeated = ids().length - stored.length;
    expect(repeated).toBeGreaterThanOrEqual(2);
    expect(repeated).toBeLessThanOrEqual(4);
    expect(before.length).toBe(8);
  });
});

/** A clock on which sleep ends only when the sleeper is woken. */
function sleepsUntilWoken() {
  return {
    now: () => bench.now,
    random: () => 0.5,
    sleep: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}
