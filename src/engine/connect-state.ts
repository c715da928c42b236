/**
 * What travels through the vendor's page as the state of a consent (RFC 6749 §10.12): sealed, so that nobody reads or
 * makes one, and so that nothing is stored for a link that nobody follows.
 */
import type { Sealer } from '../store/seal.ts';
import type { InstanceInput } from './api.ts';

export interface ConnectState {
  /** Chosen in advance: however often the state comes back, it is one instance. */
  readonly instanceId: string;
  readonly isNew: boolean;
  readonly input: Omit<InstanceInput, 'credentials'>;
  readonly codeVerifier: string;
  readonly redirect: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const place = { table: 'connect', id: 'state', field: 'state' };

export function sealState(state: ConnectState, sealer: Sealer): string {
  return sealer.seal(JSON.stringify(state), place).toString('base64url');
}

/** null for what was not sealed here. */
export function openState(text: string, sealer: Sealer): ConnectState | null {
  try {
    return JSON.parse(sealer.open(Buffer.from(text, 'base64url'), place));
  } catch {
    return null;
  }
}
