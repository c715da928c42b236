import { randomUUID } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { isLoopback } from '../post.ts';
import type { Subscription, SubscriptionBook, SubscriptionDraft } from '../subscriptions.ts';
import { messages, tableOfFilter } from './messages.ts';
import { readEndpoint } from './webhook.ts';

/** A webhook is a service endpoint with this contract. */
const webhookContract = 8;

/** Steps that are made together with their endpoint. */
const stepsOfEndpoint = 'serviceendpoint_sdkmessageprocessingstep';

/** The id in `/serviceendpoints(…)`, as bindings of other rows are written. */
const boundId = (binding: Json | undefined): string =>
  /\(([0-9a-f-]{36})\)$/i.exec(String(binding))?.[1]?.toLowerCase() ?? '';

/** What a step and its endpoint make a subscription of, and the step's own id. */
interface Step {
  readonly id: string;
  readonly draft: SubscriptionDraft;
}

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

  /** The endpoints as they are read: the key is never shown. */
  list(): readonly JsonObject[] {
    return [...this.#endpoints].map(([id, { name = null, contract = null, url = null, authtype = null }]) => ({
      serviceendpointid: id,
      name,
      contract,
      url,
      authtype,
      isauthvalueset: true,
    }));
  }

  /**
   * POST serviceendpoints: `{name, contract: 8, url, authtype, authvalue}`, and the steps that are to be made with it. All of it
   * is made, or nothing.
   */
  addEndpoint(row: JsonObject): { readonly id: string } | string {
    if (row.contract !== webhookContract) return 'contract must be 8, a webhook';
    if (typeof row.url !== 'string' || !isLoopback(row.url)) return 'url must lead to this machine';
    const settings = readEndpoint({ authtype: row.authtype ?? 0, authvalue: row.authvalue ?? '' });
    if (typeof settings === 'string') return settings;
    const id = randomUUID();
    const { [stepsOfEndpoint]: given = [], ...endpoint } = row;
    const steps = (Array.isArray(given) ? given : []).filter(isJsonObject).map((step) => readStep(step, id, endpoint));
    const wrong = steps.find((step) => typeof step === 'string');
    if (wrong !== undefined) return wrong;
    this.#endpoints.set(id, endpoint);
    for (const step of steps) if (typeof step !== 'string') this.#book.add(step.draft);
    return { id };
  }

  /**
   * POST sdkmessageprocessingsteps: `{stage: 40, mode: 1, filteringattributes, "eventhandler_serviceendpoint@odata.bind",
   * "sdkmessageid@odata.bind", "sdkmessagefilterid@odata.bind"}`; without a filter it is for every table.
   */
  addStep(row: JsonObject): { readonly id: string } | string {
    const endpointId = boundId(row['eventhandler_serviceendpoint@odata.bind']);
    const endpoint = this.#endpoints.get(endpointId);
    if (endpoint === undefined) return 'eventhandler_serviceendpoint is bound to no service endpoint';
    const step = readStep(row, endpointId, endpoint);
    if (typeof step === 'string') return step;
    this.#book.add(step.draft);
    return { id: step.id };
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

function readStep(row: JsonObject, endpointId: string, endpoint: JsonObject): Step | string {
  if (row.stage !== 40 || row.mode !== 1) return 'a webhook of this sandbox runs after the operation: stage 40, mode 1';
  const messageId = boundId(row['sdkmessageid@odata.bind']);
  const message = Object.entries(messages).find(([, known]) => known === messageId)?.[0];
  if (message === undefined) return 'sdkmessageid is bound to no message';
  const filter = row['sdkmessagefilterid@odata.bind'];
  const table = filter === undefined ? null : tableOfFilter(boundId(filter), messageId);
  if (table === undefined) return 'sdkmessagefilterid is bound to no filter of this message';
  const { authtype = 0, authvalue = '', url = '' } = endpoint;
  const { filteringattributes = null } = row;
  const settings = readEndpoint({ authtype, authvalue, message, table, filteringattributes });
  if (typeof settings === 'string') return settings;
  const id = randomUUID();
  return { id, draft: { url: String(url), isActive: true, settings: { ...settings, stepId: id, endpointId } } };
}
