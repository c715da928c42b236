/** What a run asks of a sandbox beside the vendor's own API: to misbehave, to bring deleted records back, and to delete for good. */
import { Failure } from '../diagnostic/failure.ts';
import type { Faults } from '../sandbox/faults.ts';

export interface SandboxControl {
  /** Changes the faults. */
  disturb(changes: Partial<Faults> & { readonly expireTokens?: boolean }): Promise<void>;
  /** Does something while no request is disturbed, and goes on with the faults as they were. */
  undisturbed<T>(action: () => Promise<T>): Promise<T>;
  /** @param object by the sandbox's own name. */
  restore(object: string, id: string): Promise<void>;
  /** Deletes for good, what is in the recycle bin too. @param object by the sandbox's own name. */
  purge(object: string, id: string): Promise<void>;
}

/** No request is refused, cut off or answered wrongly; how late writes are seen is left as it is. */
export const calm = {
  throttleRate: 0,
  errorRate: 0,
  dropRate: 0,
  resetRate: 0,
  truncateRate: 0,
  htmlRate: 0,
  emptyRate: 0,
  times: null,
  retryAfterSeconds: null,
  ignoreFilters: false,
} as const satisfies Partial<Faults>;

export function controlSandbox(origin: string, signal: AbortSignal): SandboxControl {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}/_sandbox/${path}`, {
      method,
      signal,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (response.ok) return response.json();
    const message = `The sandbox refused ${method} ${path}: ${await response.text()}`;
    throw new Failure('vendor-unavailable', message, { retryable: false });
  };
  return {
    async disturb(changes) {
      await call('PATCH', 'faults', changes);
    },
    async undisturbed(action) {
      const before = (await call('GET', 'faults')) as Faults;
      await call('PATCH', 'faults', calm);
      try {
        return await action();
      } finally {
        const rates = Object.keys(calm).map((name) => [name, before[name as keyof Faults]]);
        await call('PATCH', 'faults', Object.fromEntries(rates));
      }
    },
    async restore(object, id) {
      await call('POST', 'restore', { object, id });
    },
    async purge(object, id) {
      await call('POST', 'purge', { object, id });
    },
  };
}
