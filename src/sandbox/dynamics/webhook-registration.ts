import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import { isLoopback } from '../post.ts';
import type { Subscription, SubscriptionBook } from '../subscriptions.ts';
import { type MessageName, readEndpoint } from './webhook.ts';

/** A webhook is a service endpoint with this contract. */
const webhookContract = 8;

/** The messages that steps can be bound to, with ids of their own as every table's rows have. */
export const messages: Readonly<Record<MessageName, string>> = {
  Create: '9ebdbb1b-ea3e-db11-86a7-000a3a5473e8',
  Update: '20bebb1b-ea3e-db11-86a7-000a3a5473e8',
  Delete: 'a1bdbb1b-ea3e-db11-86a7-000a3a5473e8',
};

/** The id in `/serviceendpoints(…)`, as bindings of other rows are written. */
const boundId = (binding: unknown): string => /\(([0-9a-f-]{36})\)$/i.exec(String(binding))?.[1]?.toLowerCase() ?? '';

/**
 * The rows of `serviceendpoint` and `sdkmessageprocessingstep`. An endpoint sends nothing by itself: each step bound to it is a
 * subscription. Both answer the new row's id, or a sentence that says what is wrong.
 */
export class Registrations {
  readonly #book: SubscriptionBook;
  readonly #endpoints = new Map<string, JsonObject>();

  constructor(book: SubscriptionBook) {
    this.#book = book;
  }

  /** POST serviceendpoints: `{name, contract: 8, url, authtype, authvalue}`. */
  addEndpoint(row: JsonObject): { readonly id: string } | string {
    if (row.contract !== webhookContract) return 'contract must be 8, a webhook';
    if (typeof row.url !== 'string' || !isLoopback(row.url)) return 'url must lead to this machine';
    const settings = readEndpoint({ authtype: row.authtype ?? 0, authvalue: row.authvalue ?? '' });
    if (typeof settings === 'string') return settings;
    const id = randomUUID();
    this.#endpoints.set(id, row);
    return { id };
  }

  /**
   * POST sdkmessageprocessingsteps: `{stage: 40, mode: 1, filteringattributes, "eventhandler_serviceendpoint@odata.bind",
   * "sdkmessageid@odata.bind"}`; `table` is what the bound message filter names, null for every table.
   */
  addStep(row: JsonObject, table: string | null): { readonly id: string } | string {
    const endpoint = this.#endpoints.get(boundId(row['eventhandler_serviceendpoint@odata.bind']));
    if (endpoint === undefined) return 'eventhandler_serviceendpoint is bound to no service endpoint';
    if (row.stage !== 40 || row.mode !== 1)
      return 'a webhook of this sandbox runs after the operation: stage 40, mode 1';
    const messageId = boundId(row['sdkmessageid@odata.bind']);
    const message = Object.entries(messages).find(([, known]) => known === messageId)?.[0];
    if (message === undefined) return 'sdkmessageid is bound to no message';
    const { authtype = 0, authvalue = '', url = '' } = endpoint;
    const { filteringattributes = null } = row;
    const settings = readEndpoint({ authtype, authvalue, message, table, filteringattributes });
    if (typeof settings === 'string') return settings;
    const id = randomUUID();
    const endpointId = boundId(row['eventhandler_serviceendpoint@odata.bind']);
    this.#book.add({ url: String(url), isActive: true, settings: { ...settings, stepId: id, endpointId } });
    return { id };
  }

  /** DELETE sdkmessageprocessingsteps(…); answers whether there was one. */
  removeStep(id: string): boolean {
    return this.#remove(({ settings }) => settings.stepId === id) > 0;
  }

  /** DELETE serviceendpoints(…), which takes its steps with it; answers whether there was one. */
  removeEndpoint(id: string): boolean {
    this.#remove(({ settings }) => settings.endpointId === id);
    return this.#endpoints.delete(id);
  }

  #remove(isMeant: (subscription: Subscription) => boolean): number {
    return this.#book.list().filter((one) => isMeant(one) && this.#book.remove(one.serial)).length;
  }
}
