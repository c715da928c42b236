/** What every engine of the store's port must do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { accountCases } from './store-accounts.ts';
import { appCases } from './store-apps.ts';
import { credentialCases } from './store-credentials.ts';
import { deliveryCases } from './store-deliveries.ts';
import { descriptionCases } from './store-descriptions.ts';
import { inboxCases } from './store-inbox.ts';
import { instanceCases } from './store-instances.ts';
import { lawCases } from './store-laws.ts';
import { pollCases } from './store-polls.ts';
import { retentionCases } from './store-retention.ts';
import { subscriptionCases } from './store-subscriptions.ts';
import { takeOverCases } from './store-take-over.ts';
import { troubleCases } from './store-troubles.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on what it kept. */
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<OpenedStore>;

/** The store of the running test, fresh for each. */
export interface StoreUnderTest {
  store(): Store;
  reopen(): Promise<Store>;
}

export function storeSuite(name: string, open: OpenStore): void {
  describe(name, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const under: StoreUnderTest = { store: () => opened.store, reopen: () => opened.reopen() };

    describe('instances', () => instanceCases(under));
    describe('credentials', () => credentialCases(under));
    describe('descriptions', () => descriptionCases(under));
    describe('polls', () => pollCases(under));
    describe('trouble', () => troubleCases(under));
    describe('retention', () => retentionCases(under));
    describe('vendor accounts', () => accountCases(under));
    describe('inbox', () => inboxCases(under));
    describe('subscriptions', () => subscriptionCases(under));
    describe('apps', () => appCases(under));
    describe('deliveries', () => deliveryCases(under));
    describe('a node that dies', () => takeOverCases(under));
    describe('laws', () => lawCases(open));

    it('keeps keys, by when they were made', async () => {
      const keys = [2, 1].map((at) => ({
        id: `key-${at}`,
        name: `Key ${at}`,
        hash: `${at}`.repeat(64),
        createdAt: at,
      }));
      for (const key of keys) await opened.store.createApiKey(key);
      const store = await opened.reopen();
      expect(await store.listApiKeys()).toEqual(keys.toReversed());
      expect([await store.removeApiKey('key-1'), await store.removeApiKey('key-1')]).toEqual([true, false]);
      expect(await (await opened.reopen()).listApiKeys()).toEqual([keys[0]]);
    });

    it('takes a probe until it is closed, and closes twice', async () => {
      await opened.store.probe();
      await opened.store.probe();
      await opened.store.close();
      await expect(opened.store.probe()).rejects.toThrow();
      await opened.store.close();
    });
  });
}
