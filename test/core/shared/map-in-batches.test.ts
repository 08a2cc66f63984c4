import { describe, expect, test } from 'vitest';
import { mapInBatches } from '../../../core/shared/map-in-batches.ts';

describe('mapInBatches', () => {
  /** Each call waits until it is released by its number. */
  const gates = () => {
    const release = new Map<number, (error?: Error) => void>();
    const begun: number[] = [];
    const each = (item: number) => {
      begun.push(item);
      return new Promise<number>((resolve, reject) => {
        release.set(item, (error) => (error ? reject(error) : resolve(item)));
      });
    };
    return { begun, each, release: (item: number, error?: Error) => release.get(item)?.(error) };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('runs a limited number of calls at a time and returns the results in input order', async () => {
    const { begun, each, release } = gates();
    const all = mapInBatches([1, 2, 3], 2, each);
    expect(begun).toEqual([1, 2]);
    release(2);
    await turn();
    expect(begun).toEqual([1, 2]);
    release(1);
    await turn();
    release(3);
    expect(await all).toEqual([1, 2, 3]);
  });

  test('throws the first failure in input order after all running calls have ended, and starts no other', async () => {
    const { begun, each, release } = gates();
    const failed = expect(mapInBatches([1, 2, 3, 4], 3, each)).rejects.toThrow('of 2');
    release(3, new Error('of 3'));
    release(2, new Error('of 2'));
    await turn();
    release(1);
    await failed;
    expect(begun).toEqual([1, 2, 3]);
  });
});
