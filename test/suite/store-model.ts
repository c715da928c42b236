/** The store in a few lists: what the port promises, with no thought for speed. */
import type { DeliveryStatus } from '../../src/store/port.ts';

export interface ModelDelivery {
  readonly eventId: string;
  readonly instanceId: string;
  readonly lane: string;
  status: DeliveryStatus;
  attempts: number;
  dueAt: number;
  freeAt: number;
  owner: string | null;
}

export interface ModelInstance {
  readonly id: string;
  readonly eventIds: string[];
  cursor: { ms: number } | null;
  isOpen: boolean;
}

export class StoreModel {
  readonly instances: readonly ModelInstance[];
  /** In the order they were made, which is the order of each lane. */
  readonly deliveries: ModelDelivery[] = [];

  constructor(ids: readonly string[]) {
    this.instances = ids.map((id) => ({ id, eventIds: [], cursor: null, isOpen: true }));
  }

  /** Answers the ids of the events that are new. */
  commit(instance: ModelInstance, events: readonly { id: string; lane: string }[], now: number): string[] {
    const added: string[] = [];
    for (const { id, lane } of events) {
      if (instance.eventIds.includes(id)) continue;
      instance.eventIds.push(id);
      added.push(id);
      const times = { dueAt: now, freeAt: now };
      this.deliveries.push({
        eventId: id,
        instanceId: instance.id,
        lane,
        status: 'pending',
        attempts: 0,
        owner: null,
        ...times,
      });
    }
    return added;
  }

  /** Heads of lanes whose callback is open. */
  heads(): ModelDelivery[] {
    const lanes = new Set<string>();
    return this.deliveries.filter((delivery) => {
      const lane = `${delivery.instanceId} ${delivery.lane}`;
      if (delivery.status !== 'pending' || lanes.has(lane)) return false;
      lanes.add(lane);
      return this.instances.some((instance) => instance.id === delivery.instanceId && instance.isOpen);
    });
  }

  /** Every delivery that might be leased next: among heads of the same age, an engine may choose. */
  next(now: number, except: readonly string[]): readonly ModelDelivery[] {
    const free = this.heads().filter(({ freeAt, instanceId }) => freeAt <= now && !except.includes(instanceId));
    const fresh = free.filter((delivery) => delivery.attempts === 0);
    const first = fresh.length > 0 ? fresh : free;
    const oldest = Math.min(...first.map((delivery) => delivery.freeAt));
    return first.filter((delivery) => delivery.freeAt === oldest);
  }

  finish(delivery: ModelDelivery, owner: string, status: DeliveryStatus, dueAt: number): boolean {
    if (delivery.owner !== owner) return false;
    Object.assign(delivery, { owner: null, status, attempts: delivery.attempts + 1 });
    if (status === 'pending') Object.assign(delivery, { dueAt, freeAt: dueAt });
    return true;
  }

  release(owner: string, deliveries: readonly ModelDelivery[] = this.deliveries): void {
    for (const delivery of deliveries) {
      if (delivery.owner === owner) Object.assign(delivery, { owner: null, freeAt: delivery.dueAt });
    }
  }
}
