/** How long it takes until a process does the work of another that died. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { undelivered } from './delivery-laws.ts';
import { goodMood, type MoodyReceiver } from './moody-receiver.ts';
import type { VendorSite } from './vendor-site.ts';

export interface Takeover {
  /** From the death until every feed has been polled by another. */
  readonly pollsMs: number;
  /** From the death until every event that was stored then has been taken by its callback. */
  readonly deliveriesMs: number;
}

const deadlineMs = 180_000;
const checkEveryMs = 100;
/** So slow that both processes hold polls and deliveries at any moment. */
const slowBodyMs = 1_500;
const slowAnswerMs = 3_000;

export async function measureTakeovers(
  parts: { readonly cluster: Cluster; readonly sites: readonly VendorSite[]; readonly receiver: MoodyReceiver },
  times: number,
  onEach: () => void,
): Promise<readonly Takeover[]> {
  const { cluster, sites, receiver } = parts;
  const measured: Takeover[] = [];
  for (let time = 0; time < times; time += 1) {
    await cluster.ready();
    receiver.mood = { ...goodMood, slow: 1, slowestMs: slowAnswerMs };
    for (const site of sites) {
      await site.disturb({ slowBodyMs });
      for (const object of site.objects) await site.edit(object, 10);
    }
    const arrivals = receiver.count;
    while (receiver.count < arrivals + 2) await Promise.race([receiver.next(), sleep(checkEveryMs)]);
    const victim = time % cluster.size;
    await cluster.killOne(victim);
    measured.push(await measure(parts, Date.now()));
    cluster.restart(victim);
    onEach();
  }
  return measured;
}

/** The dead one is not replaced until the other has done all that was waiting. */
async function measure(
  { cluster, sites, receiver }: Parameters<typeof measureTakeovers>[0],
  diedAt: number,
): Promise<Takeover> {
  const access = cluster.survivor();
  const waiting = await Promise.all(
    sites.map(async (site) => ({ name: site.name, stored: await site.readEvents(access) })),
  );
  let pollsMs: number | null = null;
  let deliveriesMs: number | null = null;
  while (pollsMs === null || deliveriesMs === null) {
    const sinceMs = Date.now() - diedAt;
    if (sinceMs > deadlineMs) throw new Error(`nobody took over within ${deadlineMs / 1_000} s`);
    const feeds = (await Promise.all(sites.map((site) => site.progress(access)))).flat();
    if (feeds.every(({ lastPolledMs }) => (lastPolledMs ?? 0) > diedAt)) pollsMs ??= sinceMs;
    const left = waiting.flatMap(({ name, stored }) => undelivered(stored, receiver.arrived(name)));
    if (left.length === 0) deliveriesMs ??= sinceMs;
    await sleep(checkEveryMs);
  }
  return { pollsMs, deliveriesMs };
}
