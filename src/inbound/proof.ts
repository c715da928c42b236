/** The one shape of all ways to prove where a request is from. */
import type { Settings } from '../connector/instance.ts';
import type { InboundRequest, Refused } from './request.ts';
import type { SentAt } from './timestamp.ts';

/** What a request is held against. */
export interface ProofValues {
  readonly request: InboundRequest;
  /** Any of them may have signed. Of kind jwt: key sets (RFC 7517) as JSON. */
  readonly secrets: readonly string[];
  /** The instance's settings, completed by defaults. */
  readonly settings: Settings;
  readonly nowMs: number;
  /** The entries of the signature; empty where the kind has none. */
  readonly entries: readonly string[];
  readonly sentAt: SentAt | null;
  /** The parsed body, or why it cannot be; parsed when first asked for. */
  readonly body: () => unknown;
}

/** The index of the secret that proved it; null where no secret is involved. Never throws on what a stranger sends. */
export type Proved = number | null | Refused;
