/**
 * Commits pages and finishes deliveries until it is killed: `committing-child.ts <database file>`. Each page has five
 * events, named by the page, and moves the cursor to its number. Prints the number of each page that is stored.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { entryOf, eventOf, keyOf, leaseMs, outcomeOf } from '../suite/store-builders.ts';

const file = process.argv[2];
if (file === undefined) throw new Error('usage: committing-child.ts <database file>');
const store = await openSqliteStore({ file, secretKey: Buffer.alloc(32, 7) });
const key = keyOf('a');
const owner = 'child';

for (let page = ((await store.getPoll(key))?.cursor?.ms ?? 0) + 1; ; page += 1) {
  const now = page * 1_000;
  if ((await store.leasePoll(key, { owner, now, leaseMs })) === null) throw new Error('the poll is not free');
  const events = [1, 2, 3, 4, 5].map((record) => eventOf('a', String(record), page));
  const ledger = events.map((event) => entryOf(event.subject, now));
  await store.commitPoll({ key, owner, events: events.slice(0, 3), ledger, now });
  await store.commitPoll({
    key,
    owner,
    events: events.slice(3),
    ledger,
    cursor: { ms: page },
    forget: { beforeMs: now - 1, of: 'live' },
    now,
  });
  await store.finishPoll({ key, owner, dueAt: now, now, failure: null });
  writeSync(1, `${page}\n`);
  for (const delivery of await store.leaseDeliveries({ owner, now, leaseMs, limit: 3 })) {
    await store.finishDelivery(outcomeOf(delivery, owner, { at: now }));
  }
}
