import { fileURLToPath } from 'node:url';
import type { Duration } from 'aws-cdk-lib';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { UsageError } from 'taskbound-evidence/command/errors';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import type { SeedData } from 'taskbound-local/seed/seed';
import { typeOf } from '../../cli/boundary-argument.ts';
import type { Connection, InProcessConnection } from '../../cli/connection/connection.ts';
import { functionUrl } from '../../client/calls/function-url.ts';
import { personConfig } from '../../cli/connection/person-config.ts';
import { parsePersona } from '../../cli/connection/persona.ts';
import { stackKey } from '../../cli/connection/stack-key.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { submitDecision, type Decision } from '../../cli/decide/submit-decision.ts';
import type { Io } from '../../cli/io.ts';
import { callEnd } from '../../client/calls/call-end.ts';
import { followToEnd } from '../../cli/run/run-task.ts';
import { submitTask } from '../../cli/run/submit-task.ts';
import { makeTaskId } from '../../cli/run/task-id.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { parseRequest } from '../../core/requests/request.ts';
import { withParameters, type RequestOf } from '../../core/requests/request-of.ts';
import type { ParameterSpecs } from '../../core/task-types/parameters-of.ts';
import type { ActOptions, LocalBoundary, LocalRun, LocalTask, Person, RunOptions } from './types.ts';
import type { PassingTime } from './passing-time.ts';
import { sessionRecords } from './session-records.ts';

/** See `LocalBoundary`. It does what the commands do, with the same code. */
export class LocalStack implements LocalBoundary {
  readonly #connection: InProcessConnection;
  readonly #io: Io;
  readonly #time: PassingTime;
  readonly #records: StackRecords;
  #closing: Promise<void> | undefined;

  constructor(connection: InProcessConnection, io: Io, time: PassingTime) {
    this.#connection = connection;
    this.#io = io;
    this.#time = time;
    // Reads as the account's administrator: a test sees the outcome of a task, even if no person of the stack may read it.
    this.#records = new StackRecords(connection.config, connection.manifest);
  }

  get stackName(): string {
    return this.#connection.stackName;
  }

  nowMs(): number {
    return this.#connection.clock.nowMs();
  }

  advance(time: Duration): Promise<void> {
    return this.#during(() => this.#connection.clock.sleep(time.toMilliseconds()));
  }

  async run<Declared extends ParameterSpecs>(
    request: RequestOf<Declared>,
    { approveAs = [], ...options }: RunOptions = {},
  ): Promise<LocalRun> {
    const task = await this.submit(request, options);
    for (const person of approveAs) await this.approve(task, person);
    return this.follow(task);
  }

  submit<Declared extends ParameterSpecs>(
    request: RequestOf<Declared>,
    { as }: ActOptions = {},
  ): Promise<LocalTask> {
    return this.#during(async () => {
      const { taskId = makeTaskId(this.nowMs()), ...rest } = parseRequest(withParameters(request));
      const acting = this.#acting(as);
      const { task } = await submitTask(acting.connection, { ...rest, taskId }, acting.io);
      return { taskId, boundaryId: task.boundaryId, phase: task.phase };
    });
  }

  follow(task: LocalTask | string): Promise<LocalRun> {
    return this.#during(async () => {
      const row = await this.#row(task);
      const { config, manifest, embedded } = this.#connection;
      const { evidenceFile: _none, ...report } = await followToEnd(this.#connection, row, {
        config,
        records: this.#records,
        out: undefined,
        io: this.#io,
      });
      const { events, signed } = await this.#records.evidence(row.boundaryId);
      const key = await stackKey(config, manifest);
      return {
        ...report,
        evidence: makeBundle(row.boundaryId, events, signed),
        publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
        trail: sessionRecords(embedded.aws.trail, row.boundaryId),
      };
    });
  }

  approve(task: LocalTask | string, person: Person): Promise<void> {
    return this.#decide('approve', task, { person });
  }

  refuse(task: LocalTask | string, person: Person, reason: string): Promise<void> {
    return this.#decide('refuse', task, { person, reason });
  }

  async end(task: LocalTask | string, reason: string, { as }: ActOptions = {}): Promise<LocalRun> {
    await this.#during(async () => {
      const { boundaryId } = await this.#row(task);
      const { connection, io } = this.#acting(as);
      const config = await personConfig(connection, io, { kind: 'end', type: typeOf(boundaryId) });
      await callEnd(functionUrl('end', connection, config), { task: boundaryId, reason });
    });
    return this.follow(task);
  }

  seed(data: string | URL | SeedData): Promise<void> {
    const { embedded } = this.#connection;
    return this.#during(() => {
      if (typeof data === 'string') return embedded.seed(data);
      return data instanceof URL ? embedded.seed(fileURLToPath(data)) : embedded.seedData(data);
    });
  }

  objects(bucket: string): Promise<Record<string, Buffer>> {
    return this.#during(() => this.#connection.embedded.objects(bucket));
  }

  items(table: string): Promise<Record<string, unknown>[]> {
    return this.#during(() => this.#connection.embedded.items(table));
  }

  close(): Promise<void> {
    this.#closing ??= this.#connection.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #decide(
    decision: Decision,
    task: LocalTask | string,
    { person, reason }: { readonly person: Person; readonly reason?: string },
  ): Promise<void> {
    return this.#during(async () => {
      const subject = typeof task === 'string' ? task : task.boundaryId;
      const digest = reviewedBy(subject) === undefined ? (await this.#row(task)).grantDigest : undefined;
      const { connection, io } = this.#acting(person);
      await submitDecision({ decision, task: subject, reason, digest }, connection, io);
    });
  }

  /** The person acts in the role that they name, or in the first role that is granted what they do. */
  #acting(person: Person = this.#io.userName): { readonly connection: Connection; readonly io: Io } {
    const connection = this.#connection;
    return person.includes('@')
      ? { connection: { ...connection, as: parsePersona(person, 'The person') }, io: this.#io }
      : { connection, io: { ...this.#io, userName: person } };
  }

  async #row(task: LocalTask | string): Promise<LedgerRow> {
    const boundaryId = typeof task === 'string' ? task : task.boundaryId;
    const row = await this.#records.row(boundaryId);
    if (row !== undefined) return row;
    throw new UsageError(
      `There is no task ${JSON.stringify(boundaryId)} in the stack ${this.stackName}. Give what submit returned, or its boundaryId.`,
    );
  }

  async #during<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined)
      throw new UsageError('This LocalBoundary is closed. Call localBoundary again for a new one.');
    return this.#time.during(call);
  }
}
