import { Refusal } from '../../answer.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { gidOf, readGid } from '../ids.ts';
import { findResource, type Resource } from '../schema.ts';
import { checkRecord } from '../write.ts';
import { badRequest, type GraphContext, mutationCost, needFieldScope } from './context.ts';
import { type GraphNode, showNode } from './nodes.ts';

/** What is wrong with what a caller gave: answered beside the record, with 200. */
interface UserError {
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly code?: string;
}

/** What a mutation writes, and how its arguments are called. */
interface Written {
  readonly resource: Resource;
  readonly context: GraphContext;
  /** The name of the mutation. */
  readonly mutation: string;
  /** Before the names of attributes in `field`, where the vendor says the argument too. */
  readonly path?: readonly string[];
}

type Input = Readonly<Record<string, Json | undefined>>;

function resourceOf(name: string): Resource {
  const resource = findResource(name);
  if (resource === undefined) throw new RangeError(name);
  return resource;
}
const orders = resourceOf('orders');
const customers = resourceOf('customers');
const products = resourceOf('products');

function begin({ resource, context, mutation }: Written): void {
  context.spent += mutationCost;
  needFieldScope(context, mutation, `write_${resource.name}`);
}

/** The number in the id of a record that is there; undefined for one that is not, or not any more. */
function liveId({ resource, context }: Written, gid: string): string | undefined {
  const read = readGid(gid);
  if (read?.type !== resource.type) throw badRequest(`Invalid id: ${gid}`);
  return context.world.book.find(resource.name, read.id, 'latest')?.deleted === false ? read.id : undefined;
}

/** Writes a record, or answers what is wrong with it. */
function save(written: Written, given: JsonObject, id: string | undefined): JsonObject | readonly UserError[] {
  const { resource, context } = written;
  const { book } = context.world;
  try {
    const checked = checkRecord(resource, { [resource.singular]: given }, book, id);
    const stored = id === undefined ? book.create(resource.name, checked) : book.update(resource.name, id, checked);
    if (stored === undefined) throw new RangeError(`${resource.name} ${id} is gone`);
    return stored.record;
  } catch (error) {
    if (!(error instanceof Refusal) || error.answer.status !== 422) throw error;
    return userErrors(error.answer.body, written.path ?? []);
  }
}

/** REST's `{"errors": {"email": ["is invalid"]}}` as GraphQL says it. */
function userErrors(body: unknown, path: readonly string[]): readonly UserError[] {
  const errors = isJsonObject(body) && isJsonObject(body.errors) ? body.errors : {};
  return Object.entries(errors).flatMap(([name, problems]) =>
    (Array.isArray(problems) ? problems : [problems]).map((problem): UserError => {
      if (name === 'base') return { field: null, message: String(problem) };
      const words = name.replaceAll('_', ' ');
      const message = `${words.charAt(0).toUpperCase()}${words.slice(1)} ${String(problem)}`;
      return { field: [...path, camel(name)], message };
    }),
  );
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Attributes as records keep them; those that are not given stay away. */
function attributes(input: Input): JsonObject {
  const renamed: Readonly<Record<string, string>> = { descriptionHtml: 'body_html' };
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]): [string, Json][] => {
      if (name === 'id' || value === undefined) return [];
      if (name === 'tags' && Array.isArray(value)) return [['tags', value.join(', ')]];
      if ((name === 'status' || name === 'financialStatus') && typeof value === 'string')
        return [[snake(name), value.toLowerCase()]];
      if (name === 'lineItems' && Array.isArray(value)) return [['line_items', value.map(lineItem)]];
      return [[renamed[name] ?? snake(name), value]];
    }),
  );
}

function lineItem(item: Json): JsonObject {
  const { title = '', quantity = 1, sku = null, priceSet } = isJsonObject(item) ? item : {};
  const money = isJsonObject(priceSet) && isJsonObject(priceSet.shopMoney) ? priceSet.shopMoney : {};
  return { title, quantity, sku, price: String(money.amount ?? '0.00') };
}

/** A line that names nothing to sell has to say what it is and costs. */
function lineProblems({ lineItems }: Input): readonly UserError[] {
  const lines = Array.isArray(lineItems) ? lineItems.filter(isJsonObject) : [];
  return lines.flatMap((line, index) =>
    (['title', 'priceSet'] as const)
      .filter((name) => line[name] === undefined || line[name] === null || line[name] === '')
      .map((name) => ({
        field: ['order', 'lineItems', String(index), name],
        message: `${name === 'title' ? 'Title' : 'Price set'} can't be blank`,
      })),
  );
}

function isWrong(saved: JsonObject | readonly UserError[]): saved is readonly UserError[] {
  return Array.isArray(saved);
}

type Payload = Readonly<Record<string, GraphNode | string | null | readonly UserError[]>>;

function payload({ resource }: Written, saved: JsonObject | readonly UserError[]): Payload {
  if (isWrong(saved)) return { [resource.singular]: null, userErrors: saved };
  return { [resource.singular]: showNode(resource.name, saved), userErrors: [] };
}

function create(written: Written, input: Input): Payload {
  begin(written);
  const problems = lineProblems(input);
  return payload(written, problems.length > 0 ? problems : save(written, attributes(input), undefined));
}

function update(written: Written, input: Input): Payload {
  begin(written);
  const given = input.id ?? '';
  const id = given === '' ? undefined : liveId(written, String(given));
  const missing = { field: ['id'], message: `${written.resource.type} does not exist` };
  return payload(written, id === undefined ? [missing] : save(written, attributes(input), id));
}

/** @param answered the name of the id in the answer. */
function remove(written: Written, gid: string, answered: string, missing: UserError): Payload {
  begin(written);
  const id = liveId(written, gid);
  if (id === undefined) return { [answered]: null, userErrors: [missing] };
  written.context.world.book.remove(written.resource.name, id);
  return { [answered]: gidOf(written.resource.type, id), userErrors: [] };
}

interface WithId {
  readonly id: string;
}

/** The fields of Mutation that write records. */
export const recordMutations = {
  orderCreate: ({ order }: { readonly order: Input }, context: GraphContext) =>
    create({ resource: orders, context, mutation: 'orderCreate', path: ['order'] }, order),
  orderUpdate: ({ input }: { readonly input: Input }, context: GraphContext) =>
    update({ resource: orders, context, mutation: 'orderUpdate' }, input),
  orderDelete: ({ orderId }: { readonly orderId: string }, context: GraphContext) =>
    remove({ resource: orders, context, mutation: 'orderDelete' }, orderId, 'deletedId', {
      field: ['orderId'],
      message: 'Order does not exist',
      code: 'NOT_FOUND',
    }),
  customerCreate: ({ input }: { readonly input: Input }, context: GraphContext) =>
    create({ resource: customers, context, mutation: 'customerCreate' }, input),
  customerUpdate: ({ input }: { readonly input: Input }, context: GraphContext) =>
    update({ resource: customers, context, mutation: 'customerUpdate' }, input),
  customerDelete: ({ input }: { readonly input: WithId }, context: GraphContext) =>
    remove({ resource: customers, context, mutation: 'customerDelete' }, input.id, 'deletedCustomerId', {
      field: ['id'],
      message: "Customer can't be found",
    }),
  productCreate: ({ product }: { readonly product: Input }, context: GraphContext) =>
    create({ resource: products, context, mutation: 'productCreate' }, product),
  productUpdate: ({ product }: { readonly product: Input }, context: GraphContext) =>
    update({ resource: products, context, mutation: 'productUpdate' }, product),
  productDelete: ({ input }: { readonly input: WithId }, context: GraphContext) =>
    remove({ resource: products, context, mutation: 'productDelete' }, input.id, 'deletedProductId', {
      field: ['id'],
      message: 'Product does not exist',
    }),
};
