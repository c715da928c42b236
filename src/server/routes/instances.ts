/** `/v1/instances`: one customer's connection to one vendor. */
import type { InstanceInput, InstancePatch, InstanceView, Outcome } from '../../engine/api.ts';
import type { Answer } from '../answer.ts';
import { problemAnswer, rejectedAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import {
  connectorKey,
  instance,
  instanceId,
  instanceInput,
  instancePage,
  instancePatch,
  tag,
} from '../schemas/instance.ts';
import { partialRecord, record } from '../schemas/json-schema.ts';
import { cutPage, limit } from '../schemas/page.ts';

interface Id {
  readonly id: string;
}

interface ListQuery {
  readonly connector?: string;
  readonly tag?: string;
  readonly after?: string;
  readonly limit: number;
}

export const idParams = record('InstanceId', 'Which instance.', { id: instanceId });

const listQuery = partialRecord('InstanceFilter', 'Which instances.', {
  connector: { ...connectorKey, description: 'Only instances of this connector.' },
  tag: { ...tag, description: 'Only instances with this tag.' },
  after: { ...instanceId, description: 'Only instances after this id: the `next` of the page before.' },
  limit,
});

/** What every route answers for an id that names nothing. */
export function noInstance(id: string): Answer {
  return problemAnswer('not-found', `There is no instance ${JSON.stringify(id)}.`);
}

const create: Route<unknown, unknown, InstanceInput> = {
  operationId: 'createInstance',
  tag: 'instances',
  summary: 'Make an instance',
  description: 'Stores a new instance and starts to watch its objects. What is wrong with it is told all at once.',
  method: 'POST',
  path: '/v1/instances',
  secured: true,
  body: instanceInput,
  success: {
    status: 201,
    description: 'The instance. Its callback secret is in it only now, and only when none was given.',
    schema: instance,
    headers: { Location: { type: 'string', format: 'uri-reference', description: 'The path of the instance.' } },
  },
  problems: ['rejected'],
  async handle({ body }, { runtime }) {
    const outcome = await runtime.createInstance(body);
    if (!outcome.ok) return rejectedAnswer(outcome.diagnostics, body);
    const location = `/v1/instances/${encodeURIComponent(outcome.value.id)}`;
    return { status: 201, headers: { location }, body: withDiagnostics(outcome) };
  },
};

const list: Route<unknown, ListQuery> = {
  operationId: 'listInstances',
  tag: 'instances',
  summary: 'List instances',
  description: 'Instances in order of their ids, page by page.',
  method: 'GET',
  path: '/v1/instances',
  secured: true,
  query: listQuery,
  success: { status: 200, description: 'A page of instances.', schema: instancePage },
  problems: [],
  async handle({ query }, { runtime }) {
    const found = await runtime.listInstances({ ...query, limit: query.limit + 1 });
    return { status: 200, body: cutPage(found, query.limit, ({ id }) => id) };
  },
};

const read: Route<Id> = {
  operationId: 'getInstance',
  tag: 'instances',
  summary: 'Read an instance',
  description: 'The instance and how the polls of its objects stand.',
  method: 'GET',
  path: '/v1/instances/{id}',
  secured: true,
  params: idParams,
  success: { status: 200, description: 'The instance.', schema: instance },
  problems: ['not-found'],
  async handle({ params }, { runtime }) {
    const view = await runtime.getInstance(params.id);
    return view === null ? noInstance(params.id) : { status: 200, body: view };
  },
};

const patch: Route<Id, unknown, InstancePatch> = {
  operationId: 'patchInstance',
  tag: 'instances',
  summary: 'Change an instance',
  description:
    'What is absent stays. Settings, credentials and objects are merged by name; null takes a name out. Objects that stay lose no change.',
  method: 'PATCH',
  path: '/v1/instances/{id}',
  secured: true,
  params: idParams,
  body: instancePatch,
  success: { status: 200, description: 'The instance as it is now.', schema: instance },
  problems: ['not-found', 'rejected'],
  async handle({ params, body }, { runtime }) {
    const outcome = await runtime.patchInstance(params.id, body);
    if (outcome === null) return noInstance(params.id);
    return outcome.ok ? { status: 200, body: withDiagnostics(outcome) } : rejectedAnswer(outcome.diagnostics, body);
  },
};

const remove: Route<Id> = {
  operationId: 'deleteInstance',
  tag: 'instances',
  summary: 'Delete an instance',
  description:
    'Removes the instance with its secrets, its events and what was still to be delivered. Webhooks that are registered for it at the vendor are removed there too: where there are any, what it takes stays sealed until they are, for a day at most.',
  method: 'DELETE',
  path: '/v1/instances/{id}',
  secured: true,
  params: idParams,
  success: { status: 204, description: 'The instance is gone.' },
  problems: ['not-found'],
  async handle({ params }, { runtime }) {
    return (await runtime.deleteInstance(params.id)) ? { status: 204 } : noInstance(params.id);
  },
};

export const instanceRoutes: readonly Route[] = [create, list, read, patch, remove];

function withDiagnostics({ value, diagnostics }: Extract<Outcome<InstanceView>, { ok: true }>): unknown {
  return diagnostics.length === 0 ? value : { ...value, diagnostics };
}
