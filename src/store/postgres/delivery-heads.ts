import type { ExpressionBuilder } from 'kysely';
import type { Tables } from './tables.ts';

type Deliveries = ExpressionBuilder<Tables & { d: Tables['deliveries'] }, 'd'>;

/**
 * Which deliveries may go out, the heads of their lanes: fresh ones never wait behind retries, so each kind has indexes
 * of its own. Written without parameters, as the indexes' own conditions are.
 */
export const isHead = {
  fresh: (eb: Deliveries) => eb.and([eb.ref('d.is_head'), eb('d.attempts', '=', eb.lit(0))]),
  retry: (eb: Deliveries) => eb.and([eb.ref('d.is_head'), eb('d.attempts', '>', eb.lit(0))]),
};
