/** What vendors told of the objects of accounts. The port's part for it; see `port.ts`. */
import type { UnsequencedNotice } from '../event/event.ts';

/** The store does not look into the description. */
export interface StoredDescription {
  readonly instanceId: string;
  readonly object: string;
  readonly description: object;
  /** When the vendor is asked again; 0: what is kept may be of another account, or out of date. */
  readonly dueAt: number;
}

/** What the stream of the instance is told together with a description. */
export interface DescriptionTold {
  /** `dueAt` of the description before. Where that one is another by now, nothing is kept and nothing told. */
  readonly insteadOf: number;
  readonly notice: UnsequencedNotice;
  readonly now: number;
}

export interface DescriptionStore {
  getDescription(instanceId: string, object: string): Promise<StoredDescription | null>;
  /** Takes the place of the one before; of an instance that is gone nothing is kept. */
  saveDescription(description: StoredDescription, told?: DescriptionTold): Promise<void>;
  /** Makes what is known of an object, or of all objects of the instance, due: see `dueAt`. */
  expireDescriptions(instanceId: string, object?: string): Promise<void>;
}
