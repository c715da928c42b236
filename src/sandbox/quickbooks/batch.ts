import { Refusal } from '../answer.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse, refuseMissing, refuseOperation } from './answers.ts';
import { runQuery } from './query.ts';
import { entities } from './schema.ts';
import { textOf } from './shape.ts';
import { type Operation, write } from './write.ts';

const maxItems = 30;

/** `POST /batch`: each item is done by itself and answers by its `bId`, with what it would have answered alone or with its fault. */
export function runBatch(world: SandboxWorld, body: JsonObject): JsonObject {
  const { BatchItemRequest: items } = body;
  if (!Array.isArray(items) || items.length === 0) return refuseMissing('BatchItemRequest');
  if (items.length > maxItems)
    refuse('1040', 'Batch limit exceeded', `A batch holds at most ${maxItems} items, not ${items.length}`);
  return { BatchItemResponse: items.map((item: Json) => runItem(world, isJsonObject(item) ? item : {})) };
}

function runItem(world: SandboxWorld, item: JsonObject): JsonObject {
  const bId = textOf(item.bId);
  try {
    return { ...answerOf(world, item), bId };
  } catch (error) {
    if (!(error instanceof Refusal) || !isJsonObject(error.answer.body)) throw error;
    return { ...error.answer.body, bId };
  }
}

function answerOf(world: SandboxWorld, item: JsonObject): JsonObject {
  if (typeof item.Query === 'string') return { QueryResponse: runQuery(item.Query, world) };
  const entity = entities.find(({ name }) => isJsonObject(item[name]));
  const record = entity === undefined ? undefined : item[entity.name];
  if (entity === undefined || !isJsonObject(record)) return refuseOperation(textOf(item.operation) || 'BATCH');
  return { [entity.name]: write(world, entity, operationOf(item, record), record) };
}

function operationOf(item: JsonObject, record: JsonObject): Operation {
  if (item.operation === 'create' && record.Id === undefined) return 'save';
  if (item.operation === 'update') {
    if (record.Id === undefined) refuseMissing('Id');
    return item.optionsData === 'void' ? 'void' : 'save';
  }
  return item.operation === 'delete' ? 'delete' : refuseOperation(textOf(item.operation) || 'BATCH');
}
