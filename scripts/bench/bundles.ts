import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { REGION } from 'taskbound-local/gateway/account-and-region';
import type { FunctionVersion } from 'taskbound-local/lambda/types';
import { IN_PROCESS_ENDPOINT, variablesOf } from 'taskbound-local/lambda/variables';
import { spreadOf, spreadText, table, type Spread } from './figures.ts';
import { coldStart, type ColdStart } from './process.ts';
import type { Bench } from './section.ts';
import { openStack, shortName } from './stack.ts';

interface BundleFigures {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly memoryMb: number;
  readonly readyMs: Spread;
  readonly loadMs: Spread;
}

/** No call is made with these credentials. */
const CREDENTIALS = { accessKeyId: 'ASIABENCH', secretAccessKey: 'bench', sessionToken: 'bench' };

/** Starts each bundle in a new process. Each round starts every bundle once, so that a busy moment of the machine affects all bundles. */
export async function measureBundles({ assembly, runs }: Bench): Promise<BundleFigures[]> {
  const { aws, functions } = await openStack(assembly);
  const bundles = functions();
  const starts = Array.from({ length: runs }, () => [coldStart(undefined, {}), ...bundles.map(start)]);
  await aws.close();
  const startsIn = (column: number): ColdStart[] => starts.flatMap((round) => round[column] ?? []);
  const alone = { name: 'Node alone', bytes: 0, gzipBytes: 0, memoryMb: 0, ...spreads(startsIn(0)) };
  return [alone, ...bundles.map((fn, index) => ({ ...sizes(fn), ...spreads(startsIn(index + 1)) }))];
}

const start = (fn: FunctionVersion): ColdStart => {
  const file = fn.code.fileName.replace('/var/task/', '');
  return coldStart(join(fn.spec.codeDir, file), variablesOf(fn, CREDENTIALS, REGION, IN_PROCESS_ENDPOINT));
};

const sizes = (fn: FunctionVersion) => ({
  name: shortName(fn),
  bytes: Buffer.byteLength(fn.code.source),
  gzipBytes: gzipSync(fn.code.source).byteLength,
  memoryMb: fn.spec.memoryMb,
});

const spreads = (starts: readonly ColdStart[]) => ({
  readyMs: spreadOf(starts.map(({ readyMs }) => readyMs)),
  loadMs: spreadOf(starts.map(({ loadMs }) => loadMs)),
});

const kib = (bytes: number): string => (bytes / 1024).toFixed(0);

export const printBundles = (figures: readonly BundleFigures[]): string =>
  table(
    ['bundle', 'KiB', 'gzip KiB', 'memory MB', 'spawn to handler, ms', 'of which loading, ms'],
    figures.map(({ name, bytes, gzipBytes, memoryMb, readyMs, loadMs }) => [
      name,
      kib(bytes),
      kib(gzipBytes),
      memoryMb,
      spreadText(readyMs, 0),
      spreadText(loadMs, 0),
    ]),
  );
