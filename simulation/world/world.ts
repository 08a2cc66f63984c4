import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { boundaryIdOf, executionArnOf, parseBoundaryId } from 'taskbound-evidence/names/ids';
import { EmbeddedAws, type LoadedStack } from 'taskbound-local/embedded-aws';
import type { Assembly } from 'taskbound-local/template/assembly';
import type { Template } from 'taskbound-local/template/template';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { arrange, policyDelayOf, readLagOf } from '../faults/arrange.ts';
import { DirectHost, noBundle } from './direct-host.ts';
import { isWork } from './handlers.ts';
import { Injector } from '../faults/injector.ts';
import {
  KIND,
  LONG_OBJECT,
  RUN_DELIVERIES_MS,
  RUN_MS,
  RUN_TASK_ID,
  type KindOfTask,
} from '../schedules/kinds.ts';
import { People } from './people.ts';
import { PostgresModel } from '../logins/postgres-model.ts';
import type { Schedule } from '../schedules/schedule.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { manifestIn } from './stack-manifest.ts';
import { SimulatedLoginServer } from '../logins/simulated-login-server.ts';
import { Witness } from '../judges/witness.ts';

/**
 * The window that a maintenance task requests if no fault changes it, in seconds from now. It leaves time for
 * approvals before it opens, and for failures and retries while it is open.
 */
const WINDOW = { opensSeconds: 300, lastsSeconds: 900 };
const MAINTENANCE_SET = JSON.stringify({ kind: 'vacuum', tables: ['shop.orders'] });
const ADMIN_ACCESS = {
  engine: 'postgres',
  host: 'database',
  port: 5432,
  username: 'admin',
  password: 'admin',
};

/** The inputs of a world. */
interface Parts {
  readonly aws: EmbeddedAws;
  readonly clock: VirtualClock;
  readonly stack: LoadedStack;
  readonly injector: Injector;
  readonly model: PostgresModel;
  readonly schedule: Schedule;
}

/** The sample stack in its own embedded AWS, with one schedule of faults. */
export class World {
  readonly aws: EmbeddedAws;
  readonly clock: VirtualClock;
  readonly stack: LoadedStack;
  readonly injector: Injector;
  readonly witness: Witness;
  readonly schedule: Schedule;
  readonly kind: KindOfTask;
  /** The database server for maintenance. */
  readonly model: PostgresModel;
  readonly people: People;
  readonly manifest: Manifest;
  /** Defects of the embedded AWS itself. The result of a run with a defect is not valid. */
  readonly defects: unknown[] = [];
  /** Called for each boundary whose work function returned that it is done. */
  onWorkDone: (boundaryId: string) => void = () => undefined;
  /** Called for each login that the database server created. */
  onLoginMade: (boundaryId: string) => void = () => undefined;

  static async open(assembly: Assembly, schedule: Schedule): Promise<World> {
    const kind = KIND[schedule.task];
    const clock = new VirtualClock({ startMs: kind.startMs });
    const randomHex = numberedHex();
    const opened: { world?: World } = {};
    const injector = new Injector(schedule, {
      clock,
      stopExecutionOf: (event) => opened.world?.stopExecutionOf(event),
      endTaskOf: (event) => opened.world?.endTaskOf(event),
    });
    const model = new PostgresModel(() => clock.nowMs());
    const { before, after, intercept } = injector;
    const loginServer = new SimulatedLoginServer({
      ...{ model, clock, before, after, intercept },
      observe: (line) => opened.world?.witness.note(clock.nowMs(), line),
      made: ({ boundaryId }) => opened.world?.onLoginMade(boundaryId),
    });
    const aws = await EmbeddedAws.start({
      clock,
      policyDelayMs: policyDelayOf(schedule.faults),
      readLagMs: readLagOf(schedule.faults),
      functions: {
        readBundle: noBundle,
        host: (options) =>
          new DirectHost(options, {
            transport: {
              send: (service, key, request) => aws.handleUnsigned(service, key, request),
              before,
              after,
            },
            skewSeconds: injector.skewSeconds,
            loginServer,
            environmentOf: (name) => (isWork(name) ? kind.environment : {}),
            randomHex,
            begun: injector.begun,
            ended: (invocation, result, again) => {
              if (isWork(invocation.of) && result.error === undefined && reportsDone(result.payload))
                opened.world?.onWorkDone(boundaryOf(invocation.event));
              injector.ended(invocation, result, again);
            },
            replacement: injector.replacement,
          }),
      },
    });
    const template =
      schedule.task === 'scheduled' ? assembly.template : withoutTaskSchedules(assembly.template);
    const stack = await aws.load(template, {
      stackName: assembly.stackName,
      assetDir: (hash) => assembly.assets.get(hash),
    });
    opened.world = new World({ aws, clock, stack, injector, model, schedule });
    return opened.world;
  }

  private constructor({ aws, clock, stack, injector, model, schedule }: Parts) {
    this.aws = aws;
    this.clock = clock;
    this.stack = stack;
    this.injector = injector;
    this.model = model;
    this.schedule = schedule;
    this.kind = KIND[schedule.task];
    this.manifest = manifestIn(aws, stack.stackName);
    const { ledgerTable: ledger, evidenceTable: evidence } = this.manifest;
    this.witness = new Witness(this.kind.startMs, { ledger, evidence });
    this.people = new People({
      aws,
      manifest: this.manifest,
      row: (boundaryId) => this.witness.rows.get(boundaryId)?.at(-1)?.what,
      fault: schedule.faults.find((fault) => fault.kind === 'people')?.what,
    });
    aws.onDefect = (error) => this.defects.push(error);
    aws.intercept = injector.intercept;
    aws.observe = this.witness.observe;
    aws.schedules.delivery = ({ scheduleName }) => (/Nightly/.test(scheduleName) ? RUN_DELIVERIES_MS : [0]);
    this.#createData();
    arrange(this);
  }

  get taskRoleName(): string {
    return this.#resource('AWS::IAM::Role', `${this.kind.stem}TaskRole`).physicalId;
  }

  /** The public key of the stack, read from the embedded AWS. */
  get evidenceKey(): KeyObject {
    const der = this.aws.keys.signing(this.manifest.evidenceKeyArn)?.publicKeyDer();
    return createPublicKey({ key: der ?? Buffer.alloc(0), format: 'der', type: 'spki' });
  }

  machineArn(which: 'task' | 'teardown'): string {
    return this.#resource('AWS::StepFunctions::StateMachine', which === 'task' ? this.kind.stem : 'Teardown')
      .arn;
  }

  /** The boundary ids of the schedule's tasks, whether or not they were created. */
  get boundaryIds(): readonly string[] {
    const { task, tasks } = this.schedule;
    const taskIds = Array.from({ length: tasks }, (_, index) => `task-${index + 1}`);
    return (task === 'scheduled' ? [RUN_TASK_ID] : taskIds).map((id) => boundaryIdOf(this.kind.type, id));
  }

  /**
   * Submits a request as a person, and lets other people decide. For a scheduled task, waits for the Scheduler.
   * Returns true only if the response showed that the task was accepted.
   */
  async submit(taskId: string): Promise<boolean> {
    if (this.schedule.task === 'scheduled') {
      await this.clock.sleep(RUN_MS + Math.max(...RUN_DELIVERIES_MS) - this.clock.nowMs());
      return false;
    }
    const accepted = await this.people.submit(this.#request(taskId));
    if (accepted && this.kind.quorum > 0) await this.people.decide(boundaryIdOf(this.kind.type, taskId));
    return accepted;
  }

  /** Stops the execution of the boundary that a step's event names. */
  stopExecutionOf(event: string): void {
    const taskId = parseBoundaryId(boundaryOf(event))?.taskId;
    if (taskId !== undefined) this.aws.states.abort(executionArnOf(this.machineArn('task'), taskId));
  }

  /** Lets a person end the task that an event names, or the first task if the event names none (a call by a person). */
  endTaskOf(event: string): void {
    const [first = ''] = this.boundaryIds;
    void this.people.end(boundaryOf(event) === '' ? first : boundaryOf(event));
  }

  async close(): Promise<void> {
    this.aws.intercept = undefined;
    this.aws.observe = undefined;
    await this.aws.close();
    this.clock.hold(); // Stops time, so that nothing in this world continues while the next world runs.
  }

  #request(taskId: string): object {
    const asked = { type: this.kind.type, taskId, reason: 'simulation' };
    if (this.schedule.task !== 'maintenance')
      return { ...asked, parameters: { sourceKey: 'present', destinationKey: `copy-of-${taskId}` } };
    const { opensSeconds, lastsSeconds } =
      this.schedule.faults.find((fault) => fault.kind === 'window') ?? WINDOW;
    const opensMs = Math.floor(this.clock.nowMs() / 1000) * 1000 + opensSeconds * 1000;
    return {
      ...asked,
      parameters: { set: 'a-set', digest: sha256Hex(MAINTENANCE_SET) },
      window: { opensAt: instant(opensMs), closesAt: instant(opensMs + lastsSeconds * 1000) },
    };
  }

  /** Creates the data that exists before the tasks start. */
  #createData(): void {
    const { aws, stack, schedule } = this;
    const put = (output: string, key: string, content: Uint8Array) =>
      aws.s3.put(stack.outputs[output] ?? '', key, content);
    if (schedule.task === 'maintenance') {
      put('maintenance', `a-set/${sha256Hex(MAINTENANCE_SET)}.json`, Buffer.from(MAINTENANCE_SET));
      aws.secrets.provide(stack.outputs['DatabaseAdmin'] ?? '', async () => JSON.stringify(ADMIN_ACCESS));
      return;
    }
    put('source', 'present', schedule.task === 'long' ? LONG_OBJECT : Buffer.from('present'));
    put('source', 'exports/2026-11-24.csv', Buffer.from('a,b'));
    put('source', 'other', Buffer.from('other'));
  }

  #resource(type: string, idPart: string) {
    const found = [...this.stack.resources.values()].find(
      (resource) => resource.type === type && resource.logicalId.includes(idPart),
    );
    if (found === undefined)
      throw new RangeError(`The stack has no ${type} whose logical id contains ${idPart}.`);
    return found;
  }
}

const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** A repeatable replacement for random hex: the n-th result depends only on n. */
function numberedHex(): (bytes: number) => string {
  let drawn = 0;
  return (bytes) =>
    createHash('sha256')
      .update(`nonce ${(drawn += 1)}`)
      .digest('hex')
      .slice(0, 2 * bytes);
}

/**
 * A world runs for hours of virtual time. A task that is scheduled at a time of day would be part of some runs
 * and not of others, so the schedules of task types are disabled. The reconciler's schedules use `rate(...)`
 * and stay enabled.
 */
function withoutTaskSchedules(template: Template): Template {
  const copy = structuredClone(template);
  for (const { Type, Properties } of Object.values(copy.Resources)) {
    const isTask = !String(Properties['ScheduleExpression']).startsWith('rate(');
    if (Type === 'AWS::Scheduler::Schedule' && isTask) Properties['State'] = 'DISABLED';
  }
  return copy;
}

/** The boundary id in a function's event; empty if there is none. */
const boundaryOf = (event: string): string =>
  (JSON.parse(event) as { readonly boundaryId?: string }).boundaryId ?? '';

/** Work that returns a checkpoint is not done. */
const reportsDone = (payload: string): boolean =>
  (JSON.parse(payload) as { readonly done?: boolean } | null)?.done === true;
