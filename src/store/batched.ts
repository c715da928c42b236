/**
 * Many small steps of the same kind as few transactions: while one batch is on its way, the calls that come meanwhile
 * gather for the next, so the busier the process, the larger its batches, and a lone call waits for nobody.
 */
interface Call<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions<Item, Result> {
  /** The most items of one batch. */
  readonly most: number;
  /** Items of one key go one after the other, in batches of their own. */
  readonly keyOf: (item: Item) => string;
  /** Answers a result for each item, in order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]> | readonly Result[];
  /** Whether an error is the fault of one item, so that the others are tried without it. Not said: never. */
  readonly isOfOneItem?: (error: unknown) => boolean;
}

export function batched<Item, Result>(options: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Call<Item, Result>[] = [];
  let isRunning = false;

  async function runAll(): Promise<void> {
    while (waiting.length > 0) {
      const { batch, rest } = cut(waiting, options);
      waiting = rest;
      await runBatch(batch);
    }
    isRunning = false;
  }

  async function runBatch(batch: readonly Call<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map(({ item }) => item));
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      if (batch.length > 1 && options.isOfOneItem?.(error) === true) for (const call of batch) await runBatch([call]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      // Calls of the same turn join the first batch.
      queueMicrotask(() => void runAll());
    });
}

function cut<Item, Result>(waiting: readonly Call<Item, Result>[], { most, keyOf }: BatchOptions<Item, Result>) {
  const batch: Call<Item, Result>[] = [];
  const rest: Call<Item, Result>[] = [];
  const keys = new Set<string>();
  for (const call of waiting) {
    const key = keyOf(call.item);
    const joins = batch.length < most && !keys.has(key);
    keys.add(key);
    (joins ? batch : rest).push(call);
  }
  return { batch, rest };
}
