/**
 * One gate for each callback: how many sends it takes at once, how often, and whether its breaker lets anything
 * through. What stands at a shut gate stays in the store, untouched.
 */
import { type Breaker, type BreakerRules, closedBreaker, onFailure, onSend, onUndecided, opensAt } from './breaker.ts';
import { nextSendAt, onRated } from './rate.ts';

export interface CallbackLimits {
  /** Sends to one callback at once. */
  readonly concurrency: number;
  /** Sends to one callback in a second; null for no limit. */
  readonly perSecond: number | null;
  readonly breaker: BreakerRules;
}

/** `undecided`: the send ended without an answer about the callback, as when it was called off. */
export type SendResult = 'success' | 'failure' | 'undecided';

export interface Gates {
  /** Ids of the instances whose callback takes nothing now. */
  shut(now: number): string[];
  /** So many can go through now, whichever gates they come to. */
  room(now: number): number;
  /** When the first of the shut gates opens by itself; null when none will. */
  opensAt(now: number): number | null;
  /** Goes through; false when the gate is shut. */
  enter(instanceId: string, now: number): boolean;
  /** Comes back. True when this made the breaker open. */
  leave(instanceId: string, result: SendResult, now: number): boolean;
  /** Closes the breaker, as when the callback has been changed. */
  reset(instanceId: string): void;
}

interface Gate {
  readonly sending: number;
  readonly breaker: Breaker;
  /** Of the rate: see rate.ts. */
  readonly doneAt: number;
}

const openGate: Gate = { sending: 0, breaker: closedBreaker, doneAt: 0 };

export function createGates(limits: CallbackLimits): Gates {
  const gates = new Map<string, Gate>();
  const rate = limits.perSecond === null ? null : { perSecond: limits.perSecond };
  const gateOf = (instanceId: string): Gate => gates.get(instanceId) ?? openGate;

  /** When the gate opens by itself, in the past when it is open; null when it waits for a send to end. */
  const gateOpensAt = ({ sending, breaker, doneAt }: Gate): number | null => {
    const breakerOpensAt = opensAt(breaker);
    if (sending >= limits.concurrency || breakerOpensAt === null) return null;
    return Math.max(breakerOpensAt, rate === null ? 0 : nextSendAt(doneAt, rate));
  };
  const isShut = (gate: Gate, now: number): boolean => (gateOpensAt(gate) ?? Infinity) > now;
  const roomOf = ({ sending, breaker }: Gate): number => (breaker.state === 'open' ? 1 : limits.concurrency - sending);
  /** Remembers a gate only as long as there is something to remember. */
  const set = (instanceId: string, gate: Gate, now: number): void => {
    const { sending, breaker, doneAt } = gate;
    const idle = sending === 0 && breaker.state === 'closed' && breaker.failures === 0 && doneAt <= now;
    if (idle) gates.delete(instanceId);
    else gates.set(instanceId, gate);
  };

  return {
    shut: (now) => [...gates].filter(([, gate]) => isShut(gate, now)).map(([instanceId]) => instanceId),
    room: (now) => {
      const rooms = [...gates.values()].filter((gate) => !isShut(gate, now)).map(roomOf);
      return Math.min(limits.concurrency, ...rooms);
    },
    opensAt: (now) => {
      const times = [...gates.values()].map(gateOpensAt).filter((at): at is number => at !== null && at > now);
      return times.length === 0 ? null : Math.min(...times);
    },
    enter: (instanceId, now) => {
      const gate = gateOf(instanceId);
      if (isShut(gate, now)) return false;
      const doneAt = rate === null ? 0 : onRated(gate.doneAt, now, rate);
      set(instanceId, { sending: gate.sending + 1, breaker: onSend(gate.breaker), doneAt }, now);
      return true;
    },
    leave: (instanceId, result, now) => {
      const { sending, breaker: before, doneAt } = gateOf(instanceId);
      const breaker = after(before, result, now, limits.breaker);
      set(instanceId, { sending: Math.max(0, sending - 1), breaker, doneAt }, now);
      return before.state === 'closed' && breaker.state === 'open';
    },
    reset: (instanceId) => {
      const gate = gates.get(instanceId);
      if (gate !== undefined) gates.set(instanceId, { ...gate, breaker: closedBreaker });
    },
  };
}

function after(breaker: Breaker, result: SendResult, now: number, rules: BreakerRules): Breaker {
  if (result === 'success') return closedBreaker;
  return result === 'failure' ? onFailure(breaker, now, rules) : onUndecided(breaker, now);
}
