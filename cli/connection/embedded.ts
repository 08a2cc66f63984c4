import { randomUUID } from 'node:crypto';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Schema } from '../local/local-database.ts';
import { LocalDatabases } from '../local/local-databases.ts';
import { EmbeddedAws, type LoadedStack } from 'taskbound-local/embedded-aws';
import {
  bucketOf,
  dumpStack,
  plainOf,
  seedData,
  SeedError,
  seedStack,
  tableOf,
  type SeedData,
} from 'taskbound-local/seed/seed';
import { nextRunMs } from 'taskbound-local/scheduler/schedules';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { writeTrailFiles } from 'taskbound-local/trail/trail-files';
import type { LocalClock } from 'taskbound-local/clock/local-clock';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import type { Clock } from 'taskbound-time/clock';
import { openAssembly } from './assembly.ts';
import { makePermissionSets } from './local-permission-sets.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { dataNames, type DataNames } from './data-names.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { isOfBoundary, refusedAsUsage, skippedText } from './stack-of-app.ts';
import { parseManifest } from '../../client/stack/read-manifest.ts';
import { manifestName, type Manifest } from '../../core/manifest/manifest.ts';
import type { Io } from '../io.ts';

/** An embedded AWS with the stack loaded. It needs no account and ends with `close`. */
export interface Embedded {
  readonly aws: EmbeddedAws;
  readonly stackName: string;
  readonly clock: Clock;
  readonly config: ClientConfig;
  readonly databases: LocalDatabases;
  /**
   * Loads the objects, items and schemas of a folder. Throws `UsageError`, and loads nothing, when the folder cannot be used. Databases of
   * `taskType` are started, by default those of all types, because only PostgreSQL can check their schemas.
   */
  seed(folder: string, taskType?: string): Promise<void>;
  /** Loads objects and items by the names of outputs. Throws `UsageError`, and loads nothing, when one of them cannot be used. */
  seedData(data: SeedData): Promise<void>;
  /** All objects of the bucket in an output, by key. Throws `UsageError` when the output is no bucket's. */
  objects(output: string): Promise<Record<string, Buffer>>;
  /** All items of the table in an output, in plain JSON. Throws `UsageError` when the output is no table's. */
  items(output: string): Promise<Record<string, unknown>[]>;
  /** Stops the next execution that enters the state. Throws `UsageError` when no state machine has such a state. */
  stopAt(state: string): void;
  /** The next time a task type's schedule is due. Throws `UsageError` when there is no such schedule or it is never due again. */
  nextRunMs(schedule: string): number;
  /** Writes all objects and items into a folder. */
  dump(folder: string): Promise<void>;
  /** Writes every call so far into a folder, as CloudTrail would. */
  writeTrail(folder: string): Promise<void>;
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly assembly?: string;
  /** A stack of the app. @default - the one with a TaskBoundary */
  readonly stack?: string;
  /** Seconds until a policy change has effect. */
  readonly policyDelay?: number;
  /** The clock of an AWS in this process. @default - a virtual clock that starts now and skips idle waiting */
  readonly clock?: LocalClock;
  /** Where it is served, on the system clock: `http://127.0.0.1:4566`. Without it, it runs in this process on a clock that skips idle waiting. */
  readonly origin?: string;
}

const DEFAULT_POLICY_DELAY_SECONDS = 4;

/** Loads the given assembly, or a newly synthesized one, into a new embedded AWS. A temporary assembly is removed once it is loaded. */
export async function startEmbedded(options: EmbeddedOptions, io: Io): Promise<Embedded> {
  const assembly = await openAssembly(options.assembly, io);
  try {
    const aws = await start(options, io);
    const wanted = { needs: isOfBoundary, ...omitUndefined({ stackName: options.stack }) };
    const stack = await aws.loadAssembly(assembly.directory, wanted).catch(refusedAsUsage);
    io.err(skippedText(stack.skipped, io.env));
    const manifest = manifestOf(aws, stack.stackName);
    if (manifest !== undefined) makePermissionSets(aws, manifest);
    aws.startSchedules();
    return embeddedOf(aws, stack);
  } finally {
    await assembly.discard();
  }
}

function start({ origin, policyDelay, clock: given }: EmbeddedOptions, io: Io): Promise<EmbeddedAws> {
  const policyDelayMs = (policyDelay ?? DEFAULT_POLICY_DELAY_SECONDS) * 1000;
  const inProcess = () => given ?? new VirtualClock({ startMs: io.clock.nowMs() });
  const clock = origin === undefined ? inProcess() : new SystemClock();
  // A new seed each time, so that no two sessions have the same access key.
  return EmbeddedAws.start({
    clock,
    policyDelayMs,
    seed: randomUUID(),
    ...omitUndefined({ origin }),
  });
}

/** The manifest; undefined for a stack without a TaskBoundary. */
function manifestOf({ ssm }: EmbeddedAws, stackName: string): Manifest | undefined {
  const name = manifestName(stackName);
  const text = ssm.value(name);
  return text === undefined ? undefined : parseManifest(text, name);
}

const namesOf = (aws: EmbeddedAws, stack: LoadedStack): DataNames =>
  dataNames(stack, manifestOf(aws, stack.stackName));

function embeddedOf(aws: EmbeddedAws, stack: LoadedStack): Embedded {
  const { stackName } = stack;
  const databases = new LocalDatabases(aws, stack);
  return {
    aws,
    stackName,
    clock: aws.clock,
    config: aws.clientConfig(),
    databases,
    seed: (folder, taskType) =>
      seedStack(folder, namesOf(aws, stack).seed, aws, seeded(databases, taskType)).catch(asUsageError),
    seedData: (data) => seedData(data, namesOf(aws, stack).seed, aws, seeded(databases)).catch(asUsageError),
    objects: (bucket) => objectsIn(bucket, namesOf(aws, stack).seed, aws).catch(asUsageError),
    items: (table) => itemsIn(table, namesOf(aws, stack).seed, aws).catch(asUsageError),
    dump: (folder) => dumpStack(folder, namesOf(aws, stack).dump, aws).catch(asUsageError),
    writeTrail: (folder) => writeTrailFiles(folder, aws.trail, aws.clock.nowMs()),
    stopAt: (state) => stopAt(aws, state),
    nextRunMs: (schedule) => nextRunOf(aws, schedule),
    close: async () => {
      aws.stopSchedules();
      await aws.close();
      await databases.stop();
    },
  };
}

/** A schema is run when it is given, so that an error in it is found before a task: those of one task type, or all. */
const seeded = (databases: LocalDatabases, taskType?: string) => ({
  names: databases.names,
  use: async (schemas: Readonly<Record<string, Schema>>): Promise<void> => {
    databases.use(schemas);
    await databases.check(taskType);
  },
});

type Outputs = LoadedStack['outputs'];

async function objectsIn(
  output: string,
  outputs: Outputs,
  { s3 }: EmbeddedAws,
): Promise<Record<string, Buffer>> {
  const bucket = bucketOf(output, outputs, s3);
  return Object.fromEntries(s3.keys(bucket).map((key) => [key, Buffer.from(s3.get(bucket, key) ?? [])]));
}

async function itemsIn(
  output: string,
  outputs: Outputs,
  { dynamodb }: EmbeddedAws,
): Promise<Record<string, unknown>[]> {
  const items = await dynamodb.items(tableOf(output, outputs, dynamodb));
  return items.map((item) => plainOf(item, `The table of ${output}`));
}

/** The schedule's name in the input of a task type's schedule: lib/schedules/task-schedule.ts. */
const scheduleNameIn = (input: string | undefined): unknown =>
  (JSON.parse(input ?? '{}') as { readonly schedule?: unknown }).schedule;

function nextRunOf(aws: EmbeddedAws, name: string): number {
  const named = aws.schedules.all().flatMap((schedule) => {
    const scheduleName = scheduleNameIn(schedule.input);
    return typeof scheduleName === 'string' ? [{ name: scheduleName, schedule }] : [];
  });
  const found = named.find((each) => each.name === name)?.schedule;
  if (found === undefined) {
    throw new UsageError(
      `--schedule ${JSON.stringify(name)} was given; allowed: ${named.map((each) => each.name).join(', ') || 'none, for no task type has a schedule'}. Name a schedule of a task type.`,
    );
  }
  const nextMs = nextRunMs(found, aws.clock.nowMs());
  if (nextMs !== undefined) return nextMs;
  throw new UsageError(`The schedule ${name} is never due again. Change its expression, or enable it.`);
}

function stopAt(aws: EmbeddedAws, state: string): void {
  const names = aws.states.stateNames();
  if (!names.includes(state)) {
    throw new UsageError(
      `--stop-at ${JSON.stringify(state)} was given; allowed: ${[...new Set(names)].join(', ')}. Name a state of the workflow.`,
    );
  }
  const unsubscribe = aws.states.onEvent(({ executionArn, event }) => {
    if (event.stateEnteredEventDetails?.name !== state) return;
    unsubscribe();
    // Not inside this callback: the interpreter is about to run the state.
    queueMicrotask(() => aws.states.abort(executionArn));
  });
}

/** Errors in the given seed are the user's to correct. */
function asUsageError(error: unknown): never {
  throw error instanceof SeedError ? new UsageError(error.message) : error;
}
