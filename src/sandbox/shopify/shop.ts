import type { JsonObject } from '../json.ts';
import type { View } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { credentials } from './credentials.ts';
import type { Session } from './sessions.ts';
import { instantAt, renderTime, shopZone } from './times.ts';

/** Without read_all_orders an app sees the orders of the last 60 days. */
const recentOrdersMs = 60 * 86_400_000;

/** The records of an object that a session may see. */
export function recordsOf(world: SandboxWorld, session: Session, object: string, view: View): readonly JsonObject[] {
  const live = world.book.list(object, view).flatMap((stored) => (stored.deleted ? [] : [stored.record]));
  if (object !== 'orders' || session.scopes.has('read_all_orders')) return live;
  const sinceMs = world.clock.now() - recentOrdersMs;
  return live.filter((record) => (instantAt(record.created_at) ?? 0) >= sinceMs);
}

/** The shop itself. */
export function shopRecord(world: SandboxWorld): JsonObject {
  return {
    id: 62_515_700_001,
    name: 'Sandbox Store',
    email: 'owner@sandbox.example',
    domain: credentials.shop,
    myshopify_domain: credentials.shop,
    shop_owner: 'Sandbox Owner',
    currency: 'USD',
    country_code: 'US',
    timezone: `(GMT-05:00) ${shopZone}`,
    iana_timezone: shopZone,
    plan_name: 'partner_test',
    primary_locale: 'en',
    created_at: '2024-01-15T09:00:00-05:00',
    updated_at: renderTime(Math.floor(world.clock.now() / 86_400_000) * 86_400_000),
  };
}
