/** The part of the store's port for the keys of the API. It is opened alone too, beside the processes that hold the store. */

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly createdAt: number;
}

export interface ApiKeyStore {
  /** By when they were made. */
  listApiKeys(): Promise<readonly ApiKey[]>;
  createApiKey(key: ApiKey): Promise<void>;
  /** No process takes it from now on. False when it was gone already. */
  removeApiKey(id: string): Promise<boolean>;
}

export interface OpenedApiKeys extends ApiKeyStore {
  close(): Promise<void>;
}
