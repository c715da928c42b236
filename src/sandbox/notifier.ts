import type { Change } from './change.ts';
import type { Clock } from './clock.ts';
import type { FaultBox } from './faults.ts';
import type { JsonObject } from './json.ts';
import type { SandboxLogger } from './logger.ts';
import { type PostResult, sendPost } from './post.ts';
import { type Subscription, SubscriptionBook } from './subscriptions.ts';
import type { PostContext, VendorWebhooks } from './vendor-webhooks.ts';

/** One try of one post, or a notification that was lost on purpose. */
export interface Attempt {
  /** ISO 8601 by the sandbox's clock. */
  readonly at: string;
  readonly url: string;
  /** Serials of the subscriptions it was for. */
  readonly subscriptions: readonly number[];
  readonly notifications: number;
  /** 0 for the first. */
  readonly attempt: number;
  readonly outcome: 'delivered' | 'failed' | 'lost';
  readonly status: number | null;
  readonly error: string | null;
  readonly isForged: boolean;
  readonly isDuplicate: boolean;
  /** When it is tried again; null when it is not. */
  readonly nextAt: string | null;
}

interface Notification {
  readonly subscription: number;
  readonly item: JsonObject;
  readonly dueAtMs: number;
}

/** Notifications that are sent, and sent again, together. */
interface Job {
  readonly notifications: readonly Notification[];
  readonly attempt: number;
  readonly firstAtMs: number;
  readonly dueAtMs: number;
}

export interface NotifierOptions {
  /** Undefined for a vendor that sends no webhooks. */
  readonly webhooks: VendorWebhooks | undefined;
  readonly clock: Clock;
  readonly faults: FaultBox;
  readonly logger: SandboxLogger;
  record(object: string, id: string): JsonObject | undefined;
  origin(): string;
}

const maxAttemptsKept = 1000;
const maxTimerMs = 3_600_000;
const iso = (atMs: number): string => new Date(atMs).toISOString();

/**
 * Turns changes into posts to subscriptions, and tries again as the vendor does, by the sandbox's clock: what is due goes out after
 * a change, when the clock is moved, and when it has run far enough. Posts of one round to one receiver go one after another.
 */
export class Notifier {
  readonly subscriptions: SubscriptionBook;
  readonly #options: NotifierOptions;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #fresh: Notification[] = [];
  #retries: Job[] = [];
  #attempts: Attempt[] = [];
  #serial = 0;
  #timer: NodeJS.Timeout | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.subscriptions = new SubscriptionBook(options.clock);
  }

  /** The latest attempts, oldest first. */
  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Notifications that still have to be sent, first or again. */
  get waiting(): number {
    return this.#retries.reduce((sum, job) => sum + job.notifications.length, this.#fresh.length);
  }

  /** Takes in a change that the vendor's readers see from `visibleAtMs` on; nobody is told of it before. */
  take(change: Change, visibleAtMs: number): void {
    const { webhooks, faults } = this.#options;
    if (webhooks === undefined) return;
    const serial = (): number => {
      this.#serial += 1;
      return this.#serial;
    };
    for (const subscription of this.subscriptions.list()) {
      if (!subscription.isActive || subscription.url === '') continue;
      for (const item of webhooks.notify(change, subscription, serial)) {
        if (faults.happens('webhookLossRate')) this.#noteLoss(subscription);
        else {
          const dueAtMs = visibleAtMs + faults.current.webhookDelayMs;
          this.#fresh.push({ subscription: subscription.serial, item, dueAtMs });
          this.#armFor(dueAtMs);
        }
      }
    }
  }

  /** The clock was moved: what has become due goes out. */
  wake(): void {
    this.#armForNext();
  }

  /** Resolves when everything that is due has been tried. */
  async idle(): Promise<void> {
    this.#sendDue();
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
      this.#sendDue();
    }
  }

  /** Breaks off what is on its way and forgets what waits. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#running);
  }

  /** Sets the timer for what is due next. */
  #armForNext(): void {
    clearTimeout(this.#timer);
    this.#armedForMs = Number.POSITIVE_INFINITY;
    const waiting = [...this.#fresh, ...this.#retries];
    this.#armFor(waiting.reduce((least, { dueAtMs }) => Math.min(least, dueAtMs), Number.POSITIVE_INFINITY));
  }

  /** Sets the timer unless it is set for earlier. One of 0 ms lets the changes of one call gather into one post. */
  #armFor(dueAtMs: number): void {
    if (dueAtMs >= this.#armedForMs || this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#armedForMs = dueAtMs;
    const waitMs = Math.min(Math.max(dueAtMs - this.#options.clock.now(), 0), maxTimerMs);
    this.#timer = setTimeout(() => this.#sendDue(), waitMs).unref();
  }

  #sendDue(): void {
    if (this.#closing.signal.aborted) return;
    const nowMs = this.#options.clock.now();
    const dueRetries = this.#retries.filter((job) => job.dueAtMs <= nowMs);
    this.#retries = this.#retries.filter((job) => job.dueAtMs > nowMs);
    for (const jobs of [...this.#freshJobs(nowMs), ...dueRetries.map((job) => [job])]) {
      const round = this.#sendAll(jobs)
        .catch((error: unknown) => this.#options.logger.warn({ error }, 'the sandbox failed to send a webhook'))
        .finally(() => this.#running.delete(round));
      this.#running.add(round);
    }
    this.#armForNext();
  }

  /** Due notifications in posts of the vendor's size, by receiver. */
  #freshJobs(nowMs: number): readonly (readonly Job[])[] {
    const due = this.#fresh.filter((one) => one.dueAtMs <= nowMs);
    this.#fresh = this.#fresh.filter((one) => one.dueAtMs > nowMs);
    const { webhooks, faults } = this.#options;
    if (webhooks === undefined || due.length === 0) return [];
    const ordered = faults.current.webhookReorder ? faults.shuffle(due) : due;
    const groups = new Map<string, Notification[]>();
    for (const one of ordered) {
      const key = this.#groupOf(one);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [one]);
      else group.push(one);
    }
    return [...groups.values()].map((group) =>
      Array.from({ length: Math.ceil(group.length / webhooks.maxBatch) }, (_, index) => ({
        notifications: group.slice(index * webhooks.maxBatch, (index + 1) * webhooks.maxBatch),
        attempt: 0,
        firstAtMs: nowMs,
        dueAtMs: nowMs,
      })),
    );
  }

  #groupOf({ subscription: serial }: Notification): string {
    const subscription = this.subscriptions.find(serial);
    const { webhooks } = this.#options;
    if (subscription === undefined || webhooks?.groupOf === undefined) return String(serial);
    return `${webhooks.groupOf(subscription)} ${subscription.url}`;
  }

  async #sendAll(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) await this.#send(job);
  }

  async #send(whole: Job): Promise<void> {
    const { webhooks, faults } = this.#options;
    // Who unsubscribed while a post waited is not told any more.
    const notifications = whole.notifications.filter((one) => this.subscriptions.find(one.subscription)?.isActive);
    const subscription = this.subscriptions.find(notifications[0]?.subscription ?? 0);
    if (webhooks === undefined || subscription === undefined || this.#closing.signal.aborted) return;
    const job = { ...whole, notifications };
    const isForged = faults.happens('webhookForgeRate');
    const isDoubled = job.attempt === 0 && faults.happens('webhookDuplicateRate');
    const post = webhooks.post(
      { subscription, notifications: notifications.map(({ item }) => item) },
      this.#context(job.attempt, isForged),
    );
    const timeoutMs = faults.current.webhookTimeoutMs ?? webhooks.timeoutMs;
    for (const isDuplicate of isDoubled ? [false, true] : [false]) {
      const result = await sendPost(post, timeoutMs, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      const isDelivered = webhooks.isSuccess(result);
      // A forger has no second try, and neither has the surplus copy.
      const isFinal = isDelivered || isDuplicate || isForged;
      const nextAtMs = isFinal ? undefined : this.#retry(webhooks, job, result);
      this.#note(job, post.url, result, { isDelivered, isForged, isDuplicate, nextAtMs });
      if (!isFinal && nextAtMs === undefined) this.#endFailing(webhooks, notifications);
    }
    this.#armForNext();
  }

  #context(attempt: number, isForged: boolean): PostContext {
    const { clock, faults, record, origin } = this.#options;
    return { attempt, nowMs: clock.now() + faults.current.webhookClockSkewMs, isForged, record, origin };
  }

  /** Plans the next attempt; answers when it is, or undefined when the vendor gives up. */
  #retry(webhooks: VendorWebhooks, job: Job, answer: PostResult): number | undefined {
    const nowMs = this.#options.clock.now();
    const { random } = this.#options.faults;
    const gapMs = webhooks.retryGapMs({ attempt: job.attempt, ageMs: nowMs - job.firstAtMs, answer, random });
    if (gapMs === undefined) return undefined;
    this.#retries.push({ ...job, attempt: job.attempt + 1, dueAtMs: nowMs + gapMs });
    return nowMs + gapMs;
  }

  #endFailing(webhooks: VendorWebhooks, notifications: readonly Notification[]): void {
    for (const { subscription: serial } of notifications) {
      const subscription = this.subscriptions.find(serial);
      if (subscription !== undefined && webhooks.endsByFailing?.(subscription)) this.subscriptions.remove(serial);
    }
  }

  #note(
    job: Job,
    url: string,
    { status, error }: PostResult,
    how: {
      readonly isDelivered: boolean;
      readonly isForged: boolean;
      readonly isDuplicate: boolean;
      readonly nextAtMs: number | undefined;
    },
  ): void {
    this.#keep({
      at: iso(this.#options.clock.now()),
      url,
      subscriptions: [...new Set(job.notifications.map((one) => one.subscription))],
      notifications: job.notifications.length,
      attempt: job.attempt,
      outcome: how.isDelivered ? 'delivered' : 'failed',
      status,
      error,
      isForged: how.isForged,
      isDuplicate: how.isDuplicate,
      nextAt: how.nextAtMs === undefined ? null : iso(how.nextAtMs),
    });
  }

  #noteLoss(subscription: Subscription): void {
    this.#keep({
      at: iso(this.#options.clock.now()),
      url: subscription.url,
      subscriptions: [subscription.serial],
      notifications: 1,
      attempt: 0,
      outcome: 'lost',
      status: null,
      error: null,
      isForged: false,
      isDuplicate: false,
      nextAt: null,
    });
  }

  #keep(attempt: Attempt): void {
    this.#attempts = [...this.#attempts.slice(1 - maxAttemptsKept), attempt];
  }
}
