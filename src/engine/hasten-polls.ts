/** What a person has changed takes effect soon, and not when an interval or a backoff of before is over. */
import { randomBytes } from 'node:crypto';
import type { Instance, Store } from '../store/port.ts';

/** How long a poll is held to say when it is due: a store that is slow needs no more. */
const holdMs = 10_000;

/** What failed is tried anew, for its cause may be mended, and an object that is on and has another interval is due. */
export async function hastenPolls(before: Instance, after: Instance, store: Store, now: number): Promise<void> {
  await store.retryPolls(after.id, now);
  const owner = `change_${randomBytes(6).toString('base64url')}`;
  for (const [object, { intervalSeconds }] of Object.entries(after.objects)) {
    const was = before.objects[object]?.intervalSeconds;
    if (was === undefined || was === intervalSeconds) continue;
    for (const feed of ['changes', 'deletes'] as const) {
      const key = { instanceId: after.id, object, feed };
      // One that is under way, or is none, stays as it is.
      const held = await store.leasePoll(key, { owner, now, leaseMs: holdMs });
      if (held !== null) await store.releasePoll({ key, owner, dueAt: now });
    }
  }
}
