import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';

export function accountCases({ store, reopen }: StoreUnderTest): void {
  const account = 'https://vendor.example {"shop":"a"} {"token":"clear-\0"}';

  it('are paused until the latest that was told, over a restart', async () => {
    expect(await store().accountPause(account)).toBeNull();
    await store().pauseAccount({ account, until: 9_000, now: 1_000 });
    await store().pauseAccount({ account, until: 5_000, now: 2_000 });
    await store().pauseAccount({ account: `${account} `, until: 7_000, now: 2_000 });
    expect(await (await reopen()).accountPause(account)).toBe(9_000);
    expect(await store().accountPause(`${account} `)).toBe(7_000);
    expect(await store().accountPause('')).toBeNull();
  });

  it('are forgotten when they go on', async () => {
    await store().pauseAccount({ account, until: 2_000, now: 1_000 });
    await store().pauseAccount({ account: 'other', until: 9_000, now: 1_999 });
    expect(await store().accountPause(account)).toBe(2_000);
    await store().pauseAccount({ account: 'other', until: 9_000, now: 2_000 });
    expect(await store().accountPause(account)).toBeNull();
  });

  it('are shared by the nodes that were seen of late', async () => {
    const checkIn = (owner: string, now: number) => store().checkIn({ owner, now, since: now - 100 });
    expect(await checkIn('a', 1_000)).toBe(1);
    expect(await checkIn('b', 1_050)).toBe(2);
    expect(await checkIn('a', 1_150)).toBe(2);
    expect(await checkIn('a', 1_151)).toBe(1);
    expect(await checkIn('b', 1_200)).toBe(2);
  });
}
