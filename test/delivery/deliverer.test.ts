import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bodySignature } from '../../src/delivery/sign.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { type Answer, openReceiver, type ReceivedRequest, type Receiver, status } from './receiver.ts';
import { openWorkbench, secret, startedAt, type Workbench } from './workbench.ts';

const hourMs = 3_600_000;

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

const eventOf = ({ body }: ReceivedRequest): AnyhookEvent => JSON.parse(body.toString('utf8'));
const subjects = (): string[] => receiver.received.map((request) => eventOf(request).subject);
/** Answers by record: those named fail. */
const failing =
  (...recordIds: string[]): Answer =>
  (response, request) => {
    response.writeHead(recordIds.includes(eventOf(request).subject) ? 500 : 204).end();
  };

describe('a delivery', () => {
  test('is the event, signed so that the library of the specification takes it', async () => {
    vi.useFakeTimers({ now: startedAt, toFake: ['Date'] });
    try {
      await bench.addInstance('a', { url: receiver.url });
      const [event] = await bench.commit('a', ['1']);
      expect(await bench.deliverer().deliverOnce()).toBe(1);
      const [request] = receiver.received;
      if (request === undefined) throw new Error('nothing was received');
      const headers = request.headers as Record<string, string>;
      expect(new Webhook(secret).verify(request.body, headers)).toEqual(event);
      expect(headers).toMatchObject({
        'content-type': 'application/cloudevents+json',
        'webhook-id': event?.id,
        'webhook-timestamp': String(startedAt / 1000),
      });
    } finally {
      vi.useRealTimers();
    }
  });

  test('that went well is not sent again, and its attempt is on record', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const [event] = await bench.commit('a', ['1']);
    const deliverer = bench.deliverer();
    expect([await deliverer.deliverOnce(), await deliverer.deliverOnce()]).toEqual([1, 0]);
    expect(receiver.received).toHaveLength(1);
    expect(await bench.store.listAttempts(event?.id ?? '')).toMatchObject([
      { eventId: event?.id, number: 1, at: startedAt, status: 204, failure: null },
    ]);
  });

  test('in the legacy format has its headers too', async () => {
    await bench.addInstance('a', { url: receiver.url, format: 'cloud-elements' });
    const [event] = await bench.commit('a', ['1']);
    await bench.deliverer().deliverOnce();
    const [request] = receiver.received;
    expect(request?.headers).toMatchObject({
      'elements-webhook-id': event?.id,
      'elements-webhook-signature': bodySignature(request?.body ?? Buffer.alloc(0), secret),
      'webhook-id': event?.id,
    });
  });
});

describe('lanes', () => {
  test('keep the events of a record in order, and do not keep others waiting', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['bad', 'good', 'bad', 'good', 'bad']);
    receiver.answer = failing('bad');
    const deliverer = bench.deliverer();
    await deliverer.deliverOnce();
    expect(subjects().sort()).toEqual(['bad', 'good', 'good']);

    receiver.answer = status(204);
    bench.now += 5_000;
    await deliverer.deliverOnce();
    const sequences = (subject: string): string[] =>
      receiver.received.map(eventOf).flatMap((event) => (event.subject === subject ? [event.sequence] : []));
    expect(sequences('bad')).toEqual(['1', '1', '3', '5']);
    expect(sequences('good')).toEqual(['2', '4']);
  });

  test('each attempt of an event carries the same id, and the time at which it is made', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1']);
    receiver.answer = status(500);
    const deliverer = bench.deliverer();
    await deliverer.deliverOnce();
    bench.now += 5_000;
    await deliverer.deliverOnce();
    const [first, second] = receiver.received.map(({ headers }) => headers);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(5);
  });

  test('fresh events go before retries, however many are due', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const late = Array.from({ length: 9 }, (_, index) => `late-${index}`);
    await bench.commit('a', late);
    receiver.answer = status(500);
    const deliverer = bench.deliverer({ limits: { concurrency: 1 } });
    await deliverer.deliverOnce();
    bench.now += hourMs;
    await bench.commit('a', ['fresh']);
    receiver.received.length = 0;
    receiver.answer = status(204);
    await deliverer.deliverOnce();
    expect(subjects()).toHaveLength(10);
    expect(subjects()[0]).toBe('fresh');
  });
});

describe('a callback that fails', () => {
  test('is tried for 72 h; then the event is dead, and the next of its record goes on', async () => {
    await bench.addInstance('a', { url: receiver.url });
    const [first, second] = await bench.commit('a', ['1', '1']);
    receiver.answer = status(500);
    const deliverer = bench.deliverer();
    for (let rounds = 0; (await bench.store.listAttempts(second?.id ?? '')).length === 0; rounds++) {
      expect(rounds).toBeLessThan(200);
      await deliverer.deliverOnce();
      bench.now = Math.max(bench.now + 300_000, (await bench.store.nextDueAt('deliveries')) ?? 0);
    }
    const attempts = await bench.store.listAttempts(first?.id ?? '');
    expect((attempts.at(-1)?.at ?? 0) - startedAt).toBeGreaterThanOrEqual(72 * hourMs);
    expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
    expect(bench.logged.filter((line) => line.includes('given up'))).toHaveLength(1);
  });

  test('says when to come back, and is left alone until then', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1']);
    receiver.answer = status(429, { 'retry-after': '3600' });
    const deliverer = bench.deliverer();
    await deliverer.deliverOnce();
    expect(await bench.store.nextDueAt('deliveries')).toBe(startedAt + hourMs);
    bench.now += hourMs - 1;
    expect(await deliverer.deliverOnce()).toBe(0);
    bench.now += 1;
    expect(await deliverer.deliverOnce()).toBe(1);
  });

  test('with 410 is disabled, and everything waits for it', async () => {
    const instance = await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1', '2', '1']);
    receiver.answer = status(410);
    const deliverer = bench.deliverer({ limits: { concurrency: 1 } });
    expect(await deliverer.deliverOnce()).toBe(1);
    expect(await bench.store.getInstance('a')).toMatchObject({ callbackDisabledAt: startedAt });
    await bench.commit('a', ['3']);
    bench.now += 100 * hourMs;
    expect(await deliverer.deliverOnce()).toBe(0);

    receiver.answer = status(204);
    receiver.received.length = 0;
    await bench.store.updateInstance(instance, await bench.store.listPolls('a'));
    expect(await deliverer.deliverOnce()).toBe(4);
    expect(subjects().sort()).toEqual(['1', '1', '2', '3']);
  });

  test('opens the breaker: the rest waits and uses up no attempt, until one probe has gone well', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.addInstance('b', { url: receiver.url });
    const records = Array.from({ length: 30 }, (_, index) => String(index));
    const events = await bench.commit('a', records);
    receiver.answer = status(503);
    const breaker = { failures: 10, openMs: 60_000, maxOpenMs: 60_000 };
    const deliverer = bench.deliverer({ limits: { concurrency: 1, breaker } });
    expect(await deliverer.deliverOnce()).toBe(10);
    const attemptsOf = async () =>
      (await Promise.all(events.map(({ id }) => bench.store.listAttempts(id)))).map(({ length }) => length);
    expect((await attemptsOf()).filter((count) => count === 0)).toHaveLength(20);
    expect(await deliverer.deliverOnce()).toBe(0);
    expect(bench.logged.filter((line) => line.includes('breaker'))).toHaveLength(1);

    await bench.commit('b', ['another callback']);
    expect(await deliverer.deliverOnce()).toBe(1);

    bench.now += 60_000;
    expect(await deliverer.deliverOnce()).toBe(2);
    receiver.answer = status(204);
    bench.now += 60_000;
    expect(await deliverer.deliverOnce()).toBe(31);
    expect(Math.max(...(await attemptsOf()))).toBeLessThanOrEqual(3);
  });

  test('with an open breaker is tried at once when the deliverer hears that it was changed', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit('a', ['1', '2']);
    receiver.answer = status(500);
    const breaker = { failures: 1, openMs: hourMs, maxOpenMs: hourMs };
    const deliverer = bench.deliverer({ limits: { concurrency: 1, breaker } });
    expect([await deliverer.deliverOnce(), await deliverer.deliverOnce()]).toEqual([1, 0]);
    receiver.answer = status(204);
    deliverer.wake('a');
    expect(await deliverer.deliverOnce()).toBe(1);
  });
});

describe('several callbacks', () => {
  test('get no more at once than one takes, and a slow one does not hold up another', async () => {
    const slow = await openReceiver();
    let atOnce = 0;
    let most = 0;
    const held: (() => void)[] = [];
    slow.answer = (response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      held.push(() => {
        atOnce -= 1;
        response.writeHead(204).end();
      });
    };
    await bench.addInstance('slow', { url: slow.url });
    await bench.addInstance('quick', { url: receiver.url });
    await bench.commit(
      'slow',
      Array.from({ length: 20 }, (_, index) => String(index)),
    );
    await bench.commit('quick', ['1', '2', '3']);

    const delivered = bench.deliverer({ limits: { concurrency: 3 } }).deliverOnce();
    await vi.waitFor(() => expect([receiver.received.length, held.length]).toEqual([3, 3]), 10_000);
    const answering = setInterval(() => held.shift()?.(), 1);
    expect(await delivered).toBe(23);
    clearInterval(answering);
    expect(most).toBe(3);
    await slow.close();
  });

  test('get no more in a second than the rate allows', async () => {
    await bench.addInstance('a', { url: receiver.url });
    await bench.commit(
      'a',
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
    const deliverer = bench.deliverer({ limits: { perSecond: 4 } });
    const rounds: number[] = [];
    for (let round = 0; round < 8; round++) {
      rounds.push(await deliverer.deliverOnce());
      bench.now += 250;
    }
    expect(rounds).toEqual([4, 1, 1, 1, 1, 1, 1, 0]);
  });

  test('one with a fault of ours fails alone, on record, with nothing of its secret', async () => {
    await bench.addInstance('broken', { url: receiver.url, secret: 'whsec_not*base64*at*all' });
    await bench.addInstance('whole', { url: receiver.url });
    const [broken] = await bench.commit('broken', ['1']);
    await bench.commit('whole', ['2']);
    expect(await bench.deliverer().deliverOnce()).toBe(2);
    expect(subjects()).toEqual(['2']);
    const attempts = await bench.store.listAttempts(broken?.id ?? '');
    expect(attempts).toMatchObject([{ number: 1, status: null, failure: { code: 'internal' } }]);
    expect(JSON.stringify([attempts, bench.logged])).not.toContain('base64*');
  });
});

test('no secret, signature or address of a callback is in an attempt or in the log', async () => {
  const gone = await openReceiver();
  await gone.close();
  await bench.addInstance('refused', { url: receiver.url });
  await bench.addInstance('gone', { url: gone.url });
  const events = [...(await bench.commit('refused', ['1'])), ...(await bench.commit('gone', ['2']))];
  receiver.answer = (response, { headers }) => {
    response.writeHead(500).end(JSON.stringify(headers));
  };
  await bench.deliverer().deliverOnce();
  const attempts = await Promise.all(events.map(({ id }) => bench.store.listAttempts(id)));
  const shown = JSON.stringify([attempts, bench.logged]);
  expect(attempts.flat().map(({ failure }) => failure?.code)).toEqual(['callback-refused', 'callback-unreachable']);
  const signature = String(receiver.received[0]?.headers['webhook-signature']);
  for (const hidden of [secret, secret.slice(6), signature, 'tenant=7', '127.0.0.1']) {
    expect(shown).not.toContain(hidden);
  }
});
