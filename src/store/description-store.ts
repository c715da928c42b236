/** What vendors told of the objects of accounts. The port's part for it; see `port.ts`. */

/** The store does not look into the description. */
export interface StoredDescription {
  readonly instanceId: string;
  readonly object: string;
  readonly description: object;
  /** When the vendor is asked again; 0: what is kept may be of another account, or out of date. */
  readonly dueAt: number;
}

export interface DescriptionStore {
  getDescription(instanceId: string, object: string): Promise<StoredDescription | null>;
  /** Takes the place of the one before; of an instance that is gone nothing is kept. */
  saveDescription(description: StoredDescription): Promise<void>;
  /** Makes what is known of an object, or of all objects of the instance, due: see `dueAt`. */
  expireDescriptions(instanceId: string, object?: string): Promise<void>;
}
