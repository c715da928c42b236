/** One simulated vendor with the instance that watches it. */
import { atSandbox } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { Faults } from '../../src/sandbox/faults.ts';
import type { JournalEntry } from '../../src/sandbox/records.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Feed } from '../../src/store/port.ts';
import { jsonCall } from './json-call.ts';
import type { Happened, Ledgers } from './ledgers.ts';
import type { Progress } from './store-laws.ts';

/** How the API of a running process is reached. */
export interface Access {
  readonly url: string;
  readonly apiKey: string;
}

interface InstanceView {
  readonly id: string;
  readonly objects: Readonly<
    Record<string, { readonly polls: readonly { feed: Feed; cursor: string | null; lastPolledAt: string | null }[] }>
  >;
}

export interface FeedProgress extends Progress {
  readonly lastPolledMs: number | null;
}

const pageLimit = 1_000;

export class VendorSite {
  readonly name: string;
  readonly #sandbox: Sandbox;
  readonly #connector: Connector;
  readonly #objects: readonly string[];
  readonly #stored: AnyhookEvent[] = [];
  #instanceId = '';

  private constructor(connector: Connector, sandbox: Sandbox, objects: readonly string[]) {
    this.name = connector.key;
    this.#connector = connector;
    this.#sandbox = sandbox;
    this.#objects = objects;
  }

  /** @param objects As the connector names them. */
  static async start(connector: Connector, objects: readonly string[], faults: Partial<Faults>): Promise<VendorSite> {
    return new VendorSite(connector, await startSandbox({ vendor: connector.key, port: 0, faults }), objects);
  }

  /** Makes the instance, with its callback. Resolves when every feed has found its start: from then on all counts. */
  async connect(access: Access, callback: { readonly url: string; readonly secret: string }): Promise<void> {
    const objects = Object.fromEntries(this.#objects.map((object) => [object, { intervalSeconds: 1 }]));
    const made = await jsonCall<InstanceView>(`${access.url}/v1/instances`, {
      method: 'POST',
      apiKey: access.apiKey,
      body: { connector: this.name, ...atSandbox(this.#connector, this.#sandbox.origin), callback, objects },
    });
    this.#instanceId = made.id;
  }

  /** One edit, as a person would make it; of any record, or of those the dice of the sandbox choose. */
  async edit(object: string, count: number): Promise<void> {
    await this.#control('edit', 'POST', { object: this.#native(object), count });
  }

  get objects(): readonly string[] {
    return this.#objects;
  }

  async disturb(faults: Partial<Faults> & { readonly expireTokens?: boolean }): Promise<void> {
    await this.#control('faults', 'PATCH', faults);
  }

  async progress({ url, apiKey }: Access): Promise<readonly FeedProgress[]> {
    const view = await jsonCall<InstanceView>(`${url}/v1/instances/${this.#instanceId}`, { apiKey });
    return Object.entries(view.objects).flatMap(([object, { polls }]) =>
      polls.map(({ feed, cursor, lastPolledAt }) => ({
        object,
        feed,
        cursorMs: cursor === null ? null : Date.parse(cursor),
        lastPolledMs: lastPolledAt === null ? null : Date.parse(lastPolledAt),
      })),
    );
  }

  /** All events so far: those that are new are fetched, those that were read stay as they were read. */
  async storedEvents(access: Access): Promise<readonly AnyhookEvent[]> {
    this.#stored.push(...(await this.#events(access, Number(this.#stored.at(-1)?.sequence ?? 0))));
    return this.#stored;
  }

  /** All events, read from the first on. */
  readEvents(access: Access): Promise<readonly AnyhookEvent[]> {
    return this.#events(access, 0);
  }

  async happened(): Promise<readonly Happened[]> {
    const names = new Map(this.#objects.map((object) => [this.#native(object), object]));
    const journal = await this.#control<readonly JournalEntry[]>('journal');
    return journal.map(({ at, object, ...entry }) => ({
      ...entry,
      object: names.get(object) ?? object,
      atMs: Date.parse(at),
      stampMs: Date.parse(entry.version),
    }));
  }

  async records(): Promise<Ledgers['records']> {
    const kept = await this.#control<Ledgers['records']>('records');
    return Object.fromEntries(this.#objects.map((object) => [object, kept[this.#native(object)] ?? {}]));
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  #native(object: string): string {
    return this.#connector.definition.sandbox?.objects[object] ?? object;
  }

  async #events({ url, apiKey }: Access, after: number): Promise<AnyhookEvent[]> {
    const events: AnyhookEvent[] = [];
    for (;;) {
      const last = Number(events.at(-1)?.sequence ?? after);
      const query = `after=${last}&limit=${pageLimit}`;
      const page = await jsonCall<{ readonly items: readonly AnyhookEvent[] }>(
        `${url}/v1/instances/${this.#instanceId}/events?${query}`,
        { apiKey },
      );
      events.push(...page.items);
      if (page.items.length < pageLimit) return events;
    }
  }

  #control<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    return jsonCall<T>(`${this.#sandbox.origin}/_sandbox/${path}`, { method, body });
  }
}
