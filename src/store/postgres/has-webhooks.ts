import type { ExpressionBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** Whether something of an instance is registered at its vendor. */
export const hasWebhooks = ({ exists, selectFrom }: ExpressionBuilder<Tables, 'instances'>) =>
  exists(selectFrom('subscriptions as s').whereRef('s.instance_id', '=', 'instances.id'));

/** The credentials of an instance that goes: what is registered is removed with them. */
export const neededSecrets = (eb: ExpressionBuilder<Tables, 'instances'>) =>
  eb.case().when(hasWebhooks(eb)).then(eb.ref('credentials')).else(Buffer.alloc(0)).end();
