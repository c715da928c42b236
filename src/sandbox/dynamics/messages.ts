import type { JsonObject } from '../json.ts';
import { guidOf } from './ids.ts';
import { listed, metaTable } from './metadata.ts';
import { apiPath } from './present.ts';
import { tables } from './schema.ts';
import type { MessageName } from './webhook.ts';

/** The messages that steps can be bound to; their ids are the same in every environment. */
export const messages: Readonly<Record<MessageName, string>> = {
  Create: '9ebdbb1b-ea3e-db11-86a7-000a3a5473e8',
  Update: '20bebb1b-ea3e-db11-86a7-000a3a5473e8',
  Delete: 'a1bdbb1b-ea3e-db11-86a7-000a3a5473e8',
};

const messageTable = metaTable('sdkmessage', { sdkmessageid: 'Uniqueidentifier', name: 'String' });
const filterTable = metaTable('sdkmessagefilter', {
  sdkmessagefilterid: 'Uniqueidentifier',
  primaryobjecttypecode: 'String',
  _sdkmessageid_value: 'Uniqueidentifier',
});

const messageRows: readonly JsonObject[] = Object.entries(messages).map(([name, sdkmessageid]) => ({
  sdkmessageid,
  name,
}));

/** One for each message of each table; their ids are each environment's own. */
const filterRows: readonly JsonObject[] = tables.flatMap(({ logicalName }) =>
  messageRows.map(({ name = '', sdkmessageid = null }) => ({
    sdkmessagefilterid: guidOf(`filter ${logicalName} ${String(name)}`),
    primaryobjecttypecode: logicalName,
    _sdkmessageid_value: sdkmessageid,
  })),
);

/** The table that a filter narrows a message to; undefined when the filter is none of that message. */
export function tableOfFilter(filterId: string, messageId: string): string | undefined {
  const row = filterRows.find((one) => one.sdkmessagefilterid === filterId && one._sdkmessageid_value === messageId);
  return row === undefined ? undefined : String(row.primaryobjecttypecode);
}

/** Answers `sdkmessages` and `sdkmessagefilters`; undefined when the path is neither. */
export function readMessages(
  origin: string,
  path: string,
  query: Readonly<Record<string, string>>,
): JsonObject | undefined {
  const context = `${origin}${apiPath}/$metadata#${path}`;
  if (path === 'sdkmessages') return { '@odata.context': context, value: listed(messageTable, messageRows, query) };
  if (path === 'sdkmessagefilters') return { '@odata.context': context, value: listed(filterTable, filterRows, query) };
  return undefined;
}
