/** Throw-away records at a vendor: created, changed and deleted through its own API, as the connector says. */
import { fetchRecords, nativeOf } from '../change/fetch-records.ts';
import type { ConnectorObject, Trial, TrialRequest } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import { renderRead } from '../connector/render-read.ts';
import { type RequestValues, renderRequest } from '../connector/render-request.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient, VendorRequest } from '../http/client.ts';
import { readPath } from '../template/path.ts';

export interface TrialPorts {
  readonly client: Pick<VendorClient, 'send'>;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** What can be done to the throw-away records of one object. All throw `Failure`. */
export interface TrialDesk {
  /** Answers the id of the new record. */
  create(mark: string): Promise<string>;
  update(id: string, mark: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Whether the vendor still has it; null where it cannot be asked by id. */
  isThere(id: string): Promise<boolean | null>;
  /** Merges `other` into the record; null where the connector does not say how. */
  readonly merge: ((id: string, other: string) => Promise<void>) | null;
}

export function openTrial(object: ConnectorObject, trial: Trial, ports: TrialPorts): TrialDesk {
  const { settings, client, signal } = ports;
  const send = async (request: TrialRequest, more: RequestValues['more'], id?: string): Promise<unknown> => {
    const values: RequestValues = { settings, more: { ...more }, ...(id !== undefined && { id }) };
    const rendered = renderRequest({ ...request, method: 'POST' }, values);
    const sent: VendorRequest = { ...rendered, method: request.method, isEffect: true };
    return (await client.send(sent, signal)).body;
  };
  /** The record as it is, for vendors that want its latest version back. */
  const recordOf = async (id: string, request: TrialRequest): Promise<unknown> => {
    if (object.read === null || !usesRecord(request)) return undefined;
    const read = renderRead(object.read, id, { settings });
    if (read === null) return undefined;
    const found = readPath((await client.send(read, signal)).body, object.read.record);
    return Array.isArray(found) ? found[0] : found;
  };
  const change = async (request: TrialRequest, id: string, more: RequestValues['more']): Promise<void> => {
    await send(request, { ...more, record: await recordOf(id, request) }, id);
  };
  const isThere = async (id: string): Promise<boolean | null> => {
    if (object.read === null) return null;
    const fetched = await fetchRecords([id], { object, settings }, { client, signal });
    return nativeOf(fetched.get(id)) !== null;
  };
  let found: Promise<Readonly<Record<string, unknown>>> | null = null;
  return {
    async create(mark) {
      found ??= lookUp(object, trial, ports);
      const id = readPath(await send(trial.create, { mark, found: await found }), trial.id);
      if ((typeof id === 'string' && id !== '') || typeof id === 'number') return String(id);
      throw new Failure('vendor-answer-unreadable', `The answer to the create of a ${object.name} holds no id.`, {
        retryable: false,
        help: 'Check the path "id" of the trial in the connector.',
      });
    },
    update: (id, mark) => change(trial.update, id, { mark }),
    remove: (id) => change(trial.delete, id, {}),
    isThere,
    merge: trial.merge === null ? null : mergeBy(trial.merge, change),
  };
}

function mergeBy(
  merge: TrialRequest,
  change: (request: TrialRequest, id: string, more: RequestValues['more']) => Promise<void>,
): NonNullable<TrialDesk['merge']> {
  return (id, other) => change(merge, id, { other });
}

function usesRecord({ path, query, headers, body }: TrialRequest): boolean {
  const templates = [path, ...Object.values(query), ...Object.values(headers), ...(body === null ? [] : [body])];
  return templates.some(({ names }) => names.some((name) => name.startsWith('record.')));
}

/** @throws Failure `not-found` when the account has nothing of what a new record must refer to. */
async function lookUp(
  { name: object }: ConnectorObject,
  { find }: Trial,
  { client, settings, signal }: TrialPorts,
): Promise<Readonly<Record<string, unknown>>> {
  const values: Record<string, unknown> = {};
  for (const [name, { request, read }] of find) {
    const value = readPath((await client.send(renderRequest(request, { settings }), signal)).body, read);
    if (value === undefined || value === null) {
      const message = `The account has no ${name}, and a new ${object} must refer to one.`;
      throw new Failure('not-found', message, { retryable: false, help: `Create one first; any ${name} will do.` });
    }
    values[name] = value;
  }
  return values;
}
