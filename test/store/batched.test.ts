import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { batched } from '../../src/store/batched.ts';
import { isOfOneItem } from '../../src/store/postgres/driver-failure.ts';

describe('batched', () => {
  /** Doubles numbers; notes each batch; `held` batches wait for their turn. */
  function doubling({ most = 10, keyOf = String }: { most?: number; keyOf?: (item: number) => string } = {}) {
    const batches: number[][] = [];
    const call = batched<number, number>({
      most,
      keyOf,
      isOfOneItem,
      async run(items) {
        batches.push([...items]);
        await Promise.resolve();
        const wrong = items.find((item) => item < 0);
        if (wrong !== undefined) {
          const error = new DatabaseError(`wrong ${wrong}`, 1, 'error');
          throw Object.assign(error, { code: wrong === -1 ? '23505' : '57P01' });
        }
        return items.map((item) => item * 2);
      },
    });
    return { batches, call };
  }

  it('runs a lone call alone, and calls of one turn together', async () => {
    const { batches, call } = doubling();
    expect(await call(1)).toBe(2);
    expect(await Promise.all([2, 3, 4].map(call))).toEqual([4, 6, 8]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('gathers what comes while a batch is on its way, up to the most', async () => {
    const { batches, call } = doubling({ most: 3 });
    const first = call(1);
    await Promise.resolve();
    const later = [2, 3, 4, 5].map(call);
    expect(await Promise.all([first, ...later])).toEqual([2, 4, 6, 8, 10]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('keeps items of one key apart and in order', async () => {
    const { batches, call } = doubling({ keyOf: (item) => String(item % 10) });
    await Promise.all([1, 11, 2, 21, 12].map(call));
    expect(batches).toEqual([[1, 2], [11, 12], [21]]);
  });

  it('lets a bad item fail alone', async () => {
    const { call } = doubling();
    const answers = await Promise.allSettled([1, -1, 3].map(call));
    expect(answers).toMatchObject([{ value: 2 }, { reason: { code: '23505' } }, { value: 6 }]);
  });

  it('fails whole when the database is away, and goes on after', async () => {
    const { batches, call } = doubling();
    const answers = await Promise.allSettled([1, -2, 3].map(call));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await call(4)).toBe(8);
    expect(batches).toEqual([[1, -2, 3], [4]]);
  });
});
