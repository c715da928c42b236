/** The key sets (RFC 7517) by which vendors' tokens are verified: fetched when they are needed, and kept. */
import { Failure } from '../diagnostic/failure.ts';
import type { AddressRules } from './address-rules.ts';
import { createWire } from './wire.ts';

/** How long a set is used without a look at a newer one. */
const freshMs = 3_600_000;
/** A vendor that turns its keys shows the new ones at once; strangers' tokens must not make us ask more often. */
const askAgainMs = 60_000;
const maxBytes = 256_000;
/** The vendor's request waits for it. */
const timeoutMs = 5_000;

export interface KeySets {
  /**
   * The text of the key set at an address. @param isUnknown a token was signed by no key of it: asked for anew, but no
   * more than once a minute. Where the vendor does not answer, the last set it gave stays good.
   * @throws Failure where there is none.
   */
  keySet(url: string, isUnknown?: boolean): Promise<string>;
  close(): void;
}

export interface KeySetOptions {
  readonly addressRules: AddressRules;
  readonly userAgent: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface KeptSet {
  readonly askedMs: number;
  readonly asked: Promise<string>;
}

export function createKeySets({ addressRules, userAgent, now }: KeySetOptions): KeySets {
  const wire = createWire({ rules: addressRules, maxBodyBytes: maxBytes, now });
  const kept = new Map<string, KeptSet>();

  const fetchSet = async (address: string): Promise<string> => {
    if (!URL.canParse(address)) throw unusable(address, 'is no URL');
    const headers = { accept: 'application/jwk-set+json, application/json', 'user-agent': userAgent };
    const request = { method: 'GET', url: new URL(address), headers, timeoutMs, redirects: 2 } as const;
    const { status, text } = await wire.exchange(request, AbortSignal.timeout(timeoutMs));
    if (status !== 200) throw unusable(address, `answered ${status}`);
    if (!isKeySet(text)) throw unusable(address, 'answered something else');
    return text;
  };

  return {
    async keySet(address, isUnknown = false) {
      const known = kept.get(address);
      const ageMs = known === undefined ? Number.POSITIVE_INFINITY : now() - known.askedMs;
      if (known !== undefined && ageMs < (isUnknown ? askAgainMs : freshMs)) return known.asked;
      const asked = fetchSet(address).catch((error: unknown) => {
        if (known === undefined) throw error;
        return known.asked;
      });
      kept.set(address, { askedMs: now(), asked });
      // Without any set the vendor's next try asks again.
      asked.catch(() => kept.delete(address));
      return asked;
    },
    close: () => wire.close(),
  };
}

function isKeySet(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { readonly keys?: unknown } | null)?.keys);
  } catch {
    return false;
  }
}

function unusable(address: string, what: string): Failure {
  return new Failure('vendor-answer-unreadable', `The key set at ${address} ${what}.`, {
    retryable: true,
    help: 'Check "jwks" of the inbound way in the connector.',
  });
}
