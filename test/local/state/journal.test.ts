import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Journal } from 'taskbound-local/state/journal';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'journal');
}

async function entriesOf(journal: Journal): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const entry of journal.entries()) entries.push(entry);
  return entries;
}

it('writes nothing before it begins, then everything as one batch', async () => {
  const path = await folder();
  const first = await Journal.open(path);
  first.note(['secret', 'a'], () => ({ value: 1 }));
  first.note(['secret', 'b'], () => ({ value: 2 }));
  await first.close();
  const second = await Journal.open(path);
  expect(await second.isEmpty()).toBe(true);
  second.note(['secret', 'a'], () => ({ value: 1 }));
  second.note(['secret', 'b'], () => ({ value: 2 }));
  await second.begin();
  expect(second.batches).toBe(1);
  expect(await entriesOf(second)).toEqual([
    [['secret', 'a'], { value: 1 }],
    [['secret', 'b'], { value: 2 }],
  ]);
  await second.close();
});

it('writes the last value of a key, removes what is gone, and keeps bytes as they are', async () => {
  const path = await folder();
  const journal = await Journal.open(path);
  await journal.begin();
  let value = 1;
  journal.note(['secret', 'a'], () => value);
  journal.note(['secret', 'b'], () => value);
  journal.note(['body', 'bucket', 'key'], () => Buffer.from([0, 255, 1]));
  value = 2;
  await journal.written();
  journal.note(['secret', 'b'], () => undefined);
  await journal.close();
  const again = await Journal.open(path);
  expect(await entriesOf(again)).toEqual([
    [['body', 'bucket', 'key'], Buffer.from([0, 255, 1])],
    [['secret', 'a'], 2],
  ]);
  await again.close();
});

it('needs fewer writes than there are changes, and has each on the disk when it reports it as written', async () => {
  const path = await folder();
  const journal = await Journal.open(path);
  await journal.begin();
  for (let count = 0; count < 200; count += 1) {
    journal.note(['secret', String(count)], () => count);
    if (count % 50 === 0) await journal.written();
  }
  await journal.written();
  expect(await entriesOf(journal)).toHaveLength(200);
  expect(journal.batches).toBeLessThanOrEqual(6);
  await journal.close();
});

it('is open in one process only', async () => {
  const path = await folder();
  const journal = await Journal.open(path);
  await expect(Journal.open(path)).rejects.toMatchObject({ name: 'JournalLocked' });
  await journal.close();
  await (await Journal.open(path)).close();
});

it('reports a failure once, confirms nothing afterwards and writes nothing', async () => {
  const journal = await Journal.open(await folder());
  await journal.begin();
  const failures: unknown[] = [];
  journal.onFailure = (error) => failures.push(error);
  journal.note(['secret', 'a'], () => ({ value: 1n }));
  await expect(journal.written()).rejects.toThrow('BigInt');
  journal.note(['secret', 'b'], () => 1);
  await expect(journal.written()).rejects.toThrow('BigInt');
  expect(failures).toHaveLength(1);
  expect(await journal.isEmpty()).toBe(true);
  await expect(journal.close()).rejects.toThrow('BigInt');
});
