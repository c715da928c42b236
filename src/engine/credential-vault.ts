/** The credentials of an instance in the store, for as many processes as use it: one of them renews at a time. */
import { randomUUID } from 'node:crypto';
import { Failure } from '../diagnostic/failure.ts';
import type { Credentials, CredentialVault, HeldCredentials, Renewed } from '../http/auth/vault.ts';
import type { Clock } from '../http/clock.ts';
import type { CredentialLease } from '../store/credential-leases.ts';
import type { Store } from '../store/port.ts';

/** Renewed while a token request runs: so long after the death of a process another goes on. */
export const credentialLeaseMs = 20_000;

/** Longer than a dead process keeps a lease, and shorter than a poll may wait for its vendor. */
const patienceMs = 30_000;
const lookAgainMs = 100;

/** After a store that did not answer, for what the vendor has given is nowhere else. */
const saveAgainMs = [200, 500, 1_000, 2_000, 5_000];

export interface VaultOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly instanceId: string;
  /** What requests are made with: the stored credentials, completed by the operator's app. */
  readonly complete: (stored: Credentials) => Credentials;
  /** Told what is stored by now. */
  readonly onStored: (stored: Credentials) => void;
}

export function createCredentialVault(options: VaultOptions): CredentialVault {
  const { store, clock, instanceId, complete, onStored } = options;
  // Of one client: that of an instance which was changed may still be renewing when the next begins.
  const owner = randomUUID();
  const find = async () => (await store.getInstance(instanceId)) ?? (await store.getLeavingInstance(instanceId));
  const take = () => store.leaseCredentials(instanceId, { owner, now: clock.now(), leaseMs: credentialLeaseMs });

  async function wait(signal: AbortSignal): Promise<CredentialLease> {
    const giveUpAt = clock.now() + patienceMs;
    for (;;) {
      const lease = await take();
      if (lease !== null) return lease;
      if ((await find()) === null) throw lost('The instance is gone.');
      if (clock.now() >= giveUpAt) throw lost('Another process has been renewing the credentials for too long.');
      await clock.sleep(lookAgainMs * (0.5 + clock.random()), signal);
    }
  }

  async function save(renewed: Renewed, stored: Credentials): Promise<boolean> {
    for (const againMs of [...saveAgainMs, null]) {
      try {
        const isSaved = await store.saveRenewed(instanceId, { ...renewed, now: clock.now() });
        if (isSaved) onStored({ ...stored, ...renewed.changed });
        return isSaved;
      } catch (error) {
        if (againMs === null || !(error instanceof Failure) || !error.retryable) throw error;
        // Not to be broken off: what is to be saved may be all that there is.
        await clock.sleep(againMs, new AbortController().signal);
      }
    }
    throw new TypeError('the last try neither ended nor failed');
  }

  function heldOf(lease: CredentialLease): HeldCredentials {
    let stored = lease.credentials;
    onStored(stored);
    return {
      credentials: complete(stored),
      token: lease.token,
      isTakenOver: lease.isTakenOver,
      async reread() {
        stored = (await find())?.credentials ?? stored;
        onStored(stored);
        return complete(stored);
      },
      save: (renewed) => save(renewed, stored),
    };
  }

  return {
    async hold(signal, work) {
      const lease = await wait(signal);
      const renewal = setInterval(() => {
        // One that cannot be renewed ends; what it protects is checked again when it is stored.
        const request = { owner, now: clock.now(), leaseMs: credentialLeaseMs };
        store.renewCredentialLease(instanceId, request).catch(() => undefined);
      }, credentialLeaseMs / 4);
      try {
        return await work(heldOf(lease));
      } finally {
        clearInterval(renewal);
        // Not given back, it ends by itself.
        await store.releaseCredentials(instanceId, owner).catch(() => undefined);
      }
    },
  };
}

function lost(message: string): Failure {
  return new Failure('lease-lost', message, { retryable: true });
}
