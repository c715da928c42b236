/**
 * Holds a poll, commits pages and finishes deliveries until it is killed: `postgres-child.ts <address> <schema>`. Each
 * page has three events, named by the page, and moves the cursor to its number. Prints each page that is stored.
 */
import { writeSync } from 'node:fs';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { entryOf, eventOf, keyOf, leaseMs, outcomeOf } from '../suite/store-builders.ts';

const [url, schema] = process.argv.slice(2);
if (url === undefined || schema === undefined) throw new Error('usage: postgres-child.ts <address> <schema>');
const store = await openPostgresStore({ url, schema, secretKey: Buffer.alloc(32, 7), poolSize: 3 });
const key = keyOf('a');
const owner = `child-${process.pid}`;
const now = 5_000;

const held = await store.leasePoll(key, { owner, now, leaseMs });
if (held === null) throw new Error('the poll is not free');

for (let page = (held.cursor?.ms ?? 0) + 1; ; page += 1) {
  const events = [1, 2, 3].map((record) => eventOf('a', String(record), page));
  const ledger = events.map((event) => entryOf(event.subject, page));
  await store.commitPoll({ key, owner, events: events.slice(0, 2), ledger, now });
  await store.commitPoll({ key, owner, events: events.slice(2), ledger, cursor: { ms: page }, now });
  writeSync(1, `${page}\n`);
  const leased = await store.leaseDeliveries({ owner, now, leaseMs, limit: 3 });
  // The last of them is still held when the process dies.
  await Promise.all(leased.slice(1).map((delivery) => store.finishDelivery(outcomeOf(delivery, owner, { at: now }))));
}
