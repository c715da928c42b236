/** Acme with any object by name: an account of it may have tables of its own. */
import { acme } from './acme.ts';

export function acmeOfAll() {
  const { contact } = acme.objects;
  const [changes] = contact?.changes ?? [];
  if (contact === undefined || changes?.strategy !== 'watermark') throw new Error('no contact to begin with');
  const at = '{object.name}_at';
  return {
    ...acme,
    objects: { contact: { ...contact, describe: { object: 'Contact', select: 'custom' } } },
    describe: {
      request: { method: 'GET', path: '/tables/{object.name}' },
      fields: 'columns',
      name: 'name',
      path: "column ? 'columns.' & column : null",
      type: 'type',
      types: { text: { type: 'text' }, real: { type: 'number' }, at: { type: 'timestamp', granularity: 's' } },
      filterable: 'filterable',
      values: { set: 'set' },
      maxLength: 60,
    },
    anyObject: {
      pattern: 't_[a-z]+',
      help: 'any table by its name.',
      example: { name: 't_bike', set: 'bikes' },
      object: {
        title: 'Table {object.name}',
        resource: 'record',
        id: 'id',
        fields: { id: { type: 'id' }, [at]: { type: 'timestamp', granularity: 's' } },
        occurredAt: at,
        version: { fields: [at], hash: true },
        changes: [
          {
            ...changes,
            request: {
              method: 'GET',
              path: '/{object.set}',
              query: { of: '{object.name}', q: 'SELECT {fields} FROM {object.set} WHERE {where}' },
            },
            where: `${at} >= :since AND ${at} < :until`,
            cursor: { ...changes.cursor, field: at },
          },
        ],
        deletes: [],
        describe: { object: '{object.name}' },
        mapping: { id: 'id', fields: '$' },
      },
    },
  };
}

/** Makes another definition of it, which may be wrong. */
export type Change = (definition: ReturnType<typeof acmeOfAll>) => unknown;
