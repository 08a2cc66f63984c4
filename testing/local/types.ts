import type { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import type { SeedData } from 'taskbound-local/seed/seed';
import type { TrailRecord } from 'taskbound-local/trail/trail';
import type { RunReport } from '../../cli/run/run-report.ts';
import type { RequestOf } from '../../core/requests/request-of.ts';
import type { ParameterSpecs } from '../../core/task-types/parameters-of.ts';

/**
 * What `localBoundary` loads: a function that declares the stack in a new app, an app, one of its stacks, or the folder of a synthesized
 * assembly.
 */
export type LocalSubject = ((app: App) => unknown) | Stage | Stack | string | URL;

export interface LocalBoundaryOptions {
  /** The stack, if the app has several with a `TaskBoundary`. @default - the only one */
  readonly stack?: string;
  /** The time at which the virtual clock starts. @default - the present time */
  readonly startsAt?: Date;
  /** The time until a policy change takes effect. @default - 4 seconds */
  readonly policyDelay?: Duration;
  /** Receives a line for each thing that happens, as `taskbound run` prints it. @default - nothing is printed */
  readonly progress?: (line: string) => void;
}

/**
 * A person: a name, such as `bob`, who acts in the first role that the stack's grants allow to do it; or a name and a role, such as
 * `bob@Approvers`.
 */
export type Person = string;

export interface ActOptions {
  /** @default - a person named tester */
  readonly as?: Person;
}

export interface RunOptions extends ActOptions {
  /** Who approves the task once it is submitted, in this order. @default - nobody */
  readonly approveAs?: readonly Person[];
}

/** A submitted task. */
export interface LocalTask {
  readonly taskId: string;
  readonly boundaryId: string;
  /** `requested` while it waits for approval. */
  readonly phase: string;
}

/** How a task ended, and its evidence. */
export interface LocalRun extends Omit<RunReport, 'evidenceFile'> {
  /** The signed record. It is verified with the stack's key: if it does not hold, `proof` is null, and `error` says why. */
  readonly evidence: EvidenceBundle;
  /** The stack's public key as PEM, for `taskbound verify`. */
  readonly publicKey: string;
  /** What CloudTrail would have recorded of the task's own session, in order. */
  readonly trail: readonly TrailRecord[];
}

/** A stack with a `TaskBoundary` on an embedded AWS in this process: IAM is enforced, and time is virtual. */
export interface LocalBoundary extends AsyncDisposable {
  readonly stackName: string;

  /** The time of the virtual clock, in milliseconds since 1970. It passes only during the calls of this object, and skips all waiting. */
  nowMs(): number;
  /** Lets time pass: schedules are due, windows open and approvals expire meanwhile. */
  advance(time: Duration): Promise<void>;

  /** Submits a request and follows its task until its boundary is closed. Throws when the request is refused: there is no task then. */
  run<Declared extends ParameterSpecs = ParameterSpecs>(
    request: RequestOf<Declared>,
    options?: RunOptions,
  ): Promise<LocalRun>;
  /** Submits a request only. Throws when it is refused. */
  submit<Declared extends ParameterSpecs = ParameterSpecs>(
    request: RequestOf<Declared>,
    options?: ActOptions,
  ): Promise<LocalTask>;
  /** Follows a submitted task until its boundary is closed. */
  follow(task: LocalTask | string): Promise<LocalRun>;
  /** Approves a task, exactly as it was requested. Throws when the decision is refused. */
  approve(task: LocalTask | string, person: Person): Promise<void>;
  /** Refuses a task. Throws when the decision is refused. */
  refuse(task: LocalTask | string, person: Person, reason: string): Promise<void>;
  /** Ends a task now, in any phase, and follows it until its boundary is closed. */
  end(task: LocalTask | string, reason: string, options?: ActOptions): Promise<LocalRun>;

  /** Loads a seed: a folder as for `taskbound run --seed`, or objects and items, by the names that buckets and tables have there. */
  seed(data: string | URL | SeedData): Promise<void>;
  /** All objects of a bucket by key. `bucket`: the name of an output that contains its name, or its logical id. */
  objects(bucket: string): Promise<Record<string, Buffer>>;
  /** All items of a table in plain JSON. `table`: the name of an output that contains its name, or its logical id. */
  items(table: string): Promise<Record<string, unknown>[]>;

  /** Ends everything. Nothing remains, and nothing keeps the process running. */
  close(): Promise<void>;
}
