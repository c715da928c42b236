/** A customer's endpoint on a bad day: slow, failing and hanging up at random, and keeping a ledger of all that came. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Arrival } from './ledgers.ts';

/** Shares of requests, from 0 to 1. */
export interface Mood {
  readonly failing: number;
  readonly hangingUp: number;
  readonly slow: number;
  readonly slowestMs: number;
}

export const goodMood: Mood = { failing: 0, hangingUp: 0, slow: 0, slowestMs: 0 };

export class MoodyReceiver {
  readonly #server = createServer((request, response) => {
    this.#receive(request, response).catch(() => response.destroy());
  });
  readonly #random: () => number;
  readonly #webhook: Webhook;
  readonly #ledgers = new Map<string, Arrival[]>();
  #watchers: (() => void)[] = [];
  #count = 0;
  mood: Mood = goodMood;

  /** @param secret `whsec_…`, of every callback. */
  constructor(secret: string, random: () => number) {
    this.#webhook = new Webhook(secret);
    this.#random = random;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** The callback of one name. */
  url(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  /** All that came to the callback of one name, in order. */
  arrived(name: string): readonly Arrival[] {
    return this.#ledgers.get(`/${name}`) ?? [];
  }

  get count(): number {
    return this.#count;
  }

  /** Resolves at the next arrival. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    // A sender that dies half-way has delivered nothing.
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const arrival: Arrival = {
      order: this.#count,
      atMs: Date.now(),
      id: String(request.headers['webhook-id']),
      genuine: this.#isGenuine(request, body),
      body,
      status: null,
      answeredBefore: Number.POSITIVE_INFINITY,
    };
    this.#count += 1;
    const ledger = this.#ledgers.get(request.url ?? '') ?? [];
    ledger.push(arrival);
    this.#ledgers.set(request.url ?? '', ledger);
    for (const told of this.#watchers.splice(0)) told();

    const { failing, hangingUp, slow, slowestMs } = this.mood;
    if (this.#random() < slow) await sleep(this.#random() * slowestMs);
    if (this.#random() < hangingUp) return void response.destroy();
    arrival.status = this.#random() < failing ? 500 : 204;
    arrival.answeredBefore = this.#count;
    response.writeHead(arrival.status).end();
  }

  #isGenuine(request: IncomingMessage, body: string): boolean {
    const header = (name: string): string => String(request.headers[name]);
    const headers = Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, header(name)]),
    );
    try {
      this.#webhook.verify(body, headers);
      return true;
    } catch {
      return false;
    }
  }
}
