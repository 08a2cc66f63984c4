import { spreadOf, spreadText, table, type Spread } from './figures.ts';
import { msToExit, synthesized } from './process.ts';
import type { Bench } from './section.ts';
import { openStack, putObject, transferOf, type BenchStack } from './stack.ts';

/** Warm tasks in each round. Their denies need only a small part of the space for inline policies of a role. */
const WARM_TASKS = 10;

export type LocalFigures = Readonly<Record<'synth' | 'command' | 'load' | 'cold' | 'warm', Spread>>;

/** Measures seconds of real time. The virtual clock skips the waits of a task. */
export async function measureLocal({ assembly, runs }: Bench): Promise<LocalFigures> {
  const synth: number[] = [];
  const command: number[] = [];
  const inProcess: Round[] = [];
  for (let round = 0; round < runs; round += 1) {
    synth.push(await synthSeconds());
    command.push(commandSeconds(assembly));
    inProcess.push(await measureRound(assembly));
  }
  return {
    synth: spreadOf(synth),
    command: spreadOf(command),
    load: spreadOf(inProcess.map(({ load }) => load)),
    cold: spreadOf(inProcess.map(({ cold }) => cold)),
    warm: spreadOf(inProcess.flatMap(({ warm }) => warm)),
  };
}

async function synthSeconds(): Promise<number> {
  const { ms, discard } = await synthesized();
  await discard();
  return ms / 1000;
}

const commandSeconds = (assembly: string): number =>
  msToExit(
    ['bin/taskbound.ts', 'run', 'sample/requests/object-transfer.json', '--local', '--json'].concat(
      ['--seed', 'sample/seed'],
      ['--assembly', assembly],
    ),
  ) / 1000;

interface Round {
  readonly load: number;
  readonly cold: number;
  readonly warm: readonly number[];
}

async function secondsOf<T>(work: () => Promise<T>): Promise<readonly [seconds: number, result: T]> {
  const startedMs = performance.now();
  const result = await work();
  return [(performance.now() - startedMs) / 1000, result];
}

async function measureRound(assembly: string): Promise<Round> {
  const [load, bench] = await secondsOf(() => openStack(assembly));
  putObject(bench, 'source', 'object', 'one object');
  const cold = await taskSeconds(bench, 'cold');
  const warm: number[] = [];
  for (let task = 1; task <= WARM_TASKS; task += 1) warm.push(await taskSeconds(bench, `warm-${task}`));
  await bench.aws.close();
  return { load, cold, warm };
}

async function taskSeconds(bench: BenchStack, taskId: string): Promise<number> {
  const [seconds, { phase }] = await secondsOf(() => bench.run(transferOf(taskId, 'object')));
  if (phase !== 'closed') throw new Error(`Task ${taskId} ended in phase ${phase}, not closed.`);
  return seconds;
}

const LABELS: Readonly<Record<keyof LocalFigures, string>> = {
  synth: 'synth: fresh process, bundles built, cdk-nag, assembly written',
  command: 'run --local --assembly: fresh process, from spawn to exit',
  load: 'in process: assembly loaded into an embedded AWS',
  cold: 'in process: the first task, every function cold',
  warm: 'in process: each further task, one after the other, functions warm',
};

export const printLocal = (figures: LocalFigures): string =>
  table(
    ['what', 'seconds', 'runs'],
    (Object.keys(LABELS) as (keyof LocalFigures)[]).map((name) => [
      LABELS[name],
      spreadText(figures[name], 2),
      figures[name].runs,
    ]),
  );
