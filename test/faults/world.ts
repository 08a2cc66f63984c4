import { createHash } from 'node:crypto';
import { boundaryIdOf, executionArnOf, parseBoundaryId } from '../../core/ids.ts';
import type { PolicyDelay } from '../../local/aws/iam/authorizer.ts';
import { userCaller } from '../../local/aws/auth/credentials.ts';
import type { Caller, RawResponse } from '../../local/aws/service.ts';
import { AnswerLost } from '../../local/aws/intercept.ts';
import { EmbeddedAws, type LoadedStack } from '../../local/embedded-aws.ts';
import type { Assembly } from '../../local/template/assembly.ts';
import type { Template } from '../../local/template/template.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { DirectHost, noBundle } from './direct-host.ts';
import { WORK } from './handlers.ts';
import { Injector } from './injector.ts';
import { PostgresModel } from './postgres-model.ts';
import type { Fault, Schedule } from './schedule.ts';
import { Witness } from './witness.ts';

export const START_MS = Date.UTC(2026, 10, 23, 10, 0, 0);
export const TASK_TYPE = 'object-transfer';

/** What IAM's changes take where no fault says otherwise, milliseconds. */
const POLICY_DELAY_MS = 4_000;
/** A flickering policy is seen and not seen in turn, for a second each. */
const FLICKER_MS = 1_000;

/** The sample stack in an embedded AWS of its own, under one schedule of faults. */
export class World {
  readonly aws: EmbeddedAws;
  readonly clock: VirtualClock;
  readonly stack: LoadedStack;
  readonly injector: Injector;
  readonly witness: Witness;
  readonly schedule: Schedule;
  /** Mistakes of the embedded AWS's own: a run that has one proves nothing. */
  readonly defects: unknown[] = [];
  /** Told of each boundary whose work function has said that it is done. */
  onWorkDone: (boundaryId: string) => void = () => undefined;
  readonly #requester: Caller;

  static async open(assembly: Assembly, schedule: Schedule): Promise<World> {
    const clock = new VirtualClock({ startMs: START_MS });
    let random = 0;
    const randomHex = (bytes: number): string =>
      createHash('sha256')
        .update(`nonce ${(random += 1)}`)
        .digest('hex')
        .slice(0, 2 * bytes);
    const opened: { world?: World } = {};
    const injector = new Injector(schedule, {
      clock,
      stopExecutionOf: (event) => opened.world?.stopExecutionOf(event),
    });
    const aws = await EmbeddedAws.start({
      clock,
      policyDelayMs: policyDelayOf(schedule.faults),
      functions: {
        readBundle: noBundle,
        host: (options) =>
          new DirectHost(options, {
            transport: {
              send: (service, key, request) => aws.handleUnsigned(service, key, request),
              before: injector.before,
              after: injector.after,
            },
            skewSeconds: injector.skewSeconds,
            loginServer: new PostgresModel(() => clock.nowMs()),
            randomHex,
            begun: injector.begun,
            ended: (invocation, result, again) => {
              if (invocation.of === WORK && result.error === undefined)
                opened.world?.onWorkDone(boundaryOf(invocation.event));
              injector.ended(invocation, result, again);
            },
            instead: injector.instead,
          }),
      },
    });
    const stack = await aws.load(withoutTaskSchedules(assembly.template), {
      stackName: assembly.stackName,
      assetDir: (hash) => assembly.assets.get(hash),
    });
    opened.world = new World(aws, clock, stack, injector, schedule);
    return opened.world;
  }

  private constructor(
    aws: EmbeddedAws,
    clock: VirtualClock,
    stack: LoadedStack,
    injector: Injector,
    schedule: Schedule,
  ) {
    this.aws = aws;
    this.clock = clock;
    this.stack = stack;
    this.injector = injector;
    this.schedule = schedule;
    const { LedgerTable: ledger = '', EvidenceTable: evidence = '', Requesters = '' } = stack.outputs;
    this.witness = new Witness(START_MS, { ledger, evidence });
    aws.onDefect = (error) => this.defects.push(error);
    aws.intercept = injector.intercept;
    aws.observe = this.witness.observe;
    this.#requester = this.#assumeRequester(Requesters);
    for (const key of ['present', 'other']) aws.s3.put(stack.outputs['source'] ?? '', key, Buffer.from(key));
    this.#arrange();
  }

  get taskRoleName(): string {
    return this.#resource('AWS::IAM::Role', /ObjectTransferTaskRole/).physicalId;
  }

  machineArn(which: 'task' | 'teardown'): string {
    const named = which === 'task' ? /ObjectTransfer/ : /Teardown/;
    return this.#resource('AWS::StepFunctions::StateMachine', named).arn;
  }

  /** Submits as a person would: again with the same id while the stack does not answer, a few times. */
  async submit(taskId: string): Promise<boolean> {
    const request = {
      type: TASK_TYPE,
      taskId,
      reason: 'simulation',
      parameters: { sourceKey: 'present', destinationKey: `copy-of-${taskId}` },
    };
    for (let tries = 1; tries <= SUBMISSIONS; tries += 1) {
      const status = await this.#post(JSON.stringify(request));
      if (status !== undefined && status < 500) return status === 200;
      await this.clock.sleep(SUBMIT_PAUSE_MS);
    }
    return false;
  }

  /** Stops the execution of the boundary that a step's event names. */
  stopExecutionOf(event: string): void {
    const taskId = parseBoundaryId(boundaryOf(event))?.taskId;
    if (taskId !== undefined) this.aws.states.abort(executionArnOf(this.machineArn('task'), taskId));
  }

  async close(): Promise<void> {
    this.aws.intercept = undefined;
    this.aws.observe = undefined;
    await this.aws.close();
    this.clock.hold(); // Time stands still: whatever is still under way here must not go on behind the next world.
  }

  async #post(body: string): Promise<number | undefined> {
    const url = new URL(this.stack.outputs['SubmitUrl'] ?? '');
    const request = {
      method: 'POST',
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json' },
      body: Buffer.from(body),
    };
    return this.aws.handleAs('lambda', this.#requester, request).then(
      ({ status }: RawResponse) => status,
      (error: unknown) => {
        if (error instanceof AnswerLost) return undefined;
        throw error;
      },
    );
  }

  #assumeRequester(roleArn: string): Caller {
    return this.aws.sts.assumeRole(
      userCaller('ann'),
      { roleArn, sessionName: 'ann', seconds: 3600, tags: {} },
      START_MS,
    ).caller;
  }

  #resource(type: string, named: RegExp) {
    const found = [...this.stack.resources.values()].find(
      (resource) => resource.type === type && named.test(resource.logicalId),
    );
    if (found === undefined) throw new RangeError(`The stack has no ${type} named like ${String(named)}.`);
    return found;
  }

  /** Faults that are no call's. */
  #arrange(): void {
    for (const fault of this.schedule.faults) this.#arrangeOne(fault);
  }

  #arrangeOne(fault: Fault): void {
    const { aws, clock, injector } = this;
    switch (fault.kind) {
      case 'stop':
        return this.#stopIn(fault.state, fault);
      case 'events':
        aws.events.delivery = () => DELIVERIES[fault.what];
        return;
      case 'schedule': {
        const untilMs = START_MS + fault.seconds * 1000;
        injector.lastMs = Math.max(injector.lastMs, fault.what === 'lost' ? untilMs : START_MS);
        aws.schedules.delivery = () =>
          clock.nowMs() >= untilMs ? [0] : fault.what === 'lost' ? [] : [0, 1_000];
        return;
      }
      case 'redrive':
        return this.#redrive(fault.when, fault);
      case 'quota':
        return this.#fillQuota();
      case 'by-hand':
        return this.#byHand(fault.what, fault);
      default:
        return undefined;
    }
  }

  #stopIn(state: string, fault: Fault): void {
    const forget = this.aws.states.onEvent(({ executionArn, stateMachineArn, event }) => {
      if (event.stateEnteredEventDetails?.name !== state || stateMachineArn !== this.machineArn('task'))
        return;
      forget();
      queueMicrotask(() => {
        this.injector.note(fault);
        this.witness.note(this.clock.nowMs(), `stopped in ${state}`);
        this.aws.states.abort(executionArn);
      });
    });
  }

  #redrive(when: 'ended' | 'closed', fault: Fault): void {
    const again = (arn: string) => {
      this.injector.note(fault);
      this.witness.note(this.clock.nowMs(), 'redriven');
      this.aws.states.redrive(arn);
    };
    const forget = this.aws.states.onStatusChange(({ arn, stateMachineArn, status }) => {
      if (stateMachineArn !== this.machineArn('task') || status === 'SUCCEEDED') return;
      forget();
      if (when === 'ended') this.clock.setTimer(0, () => again(arn));
      else void this.#onceClosed(arn, again);
    });
  }

  async #onceClosed(executionArn: string, then: (arn: string) => void): Promise<void> {
    const boundaryId = boundaryIdOf(TASK_TYPE, executionArn.split(':').at(-1) ?? '');
    for (let waited = 0; waited < REDRIVE_PATIENCE; waited += 1) {
      if (this.witness.rows.get(boundaryId)?.at(-1)?.what.phase === 'closed') return then(executionArn);
      await this.clock.sleep(5_000);
    }
  }

  /** Denies of other tasks, so many that no other one fits. */
  #fillQuota(): void {
    const document = {
      Version: '2012-10-17' as const,
      Statement: [
        { Effect: 'Deny' as const, Action: 'none:*', Resource: `arn:aws:s3:::${'x'.repeat(2000)}` },
      ],
    };
    for (let number = 0; number < 5; number += 1)
      this.aws.iam.putInline(this.taskRoleName, `filler-${number}`, document, START_MS - 3_600_000);
  }

  #byHand(what: 'teardown' | 'execution', fault: Fault): void {
    const forget = this.aws.states.onEvent(({ stateMachineArn, executionArn, event }) => {
      if (event.stateEnteredEventDetails?.name !== 'RunWork' || stateMachineArn !== this.machineArn('task'))
        return;
      forget();
      const taskId = executionArn.split(':').at(-1) ?? '';
      queueMicrotask(() => {
        this.injector.note(fault);
        this.aws.states.start(
          this.machineArn(what === 'teardown' ? 'teardown' : 'task'),
          what === 'teardown' ? 'by-hand' : 'nobody-asked',
          JSON.stringify({ boundaryId: boundaryIdOf(TASK_TYPE, taskId) }),
        );
      });
    });
  }
}

const SUBMISSIONS = 5;
const SUBMIT_PAUSE_MS = 5_000;
/** Pauses of five seconds that a redrive waits for a boundary to close: more than six hours. */
const REDRIVE_PATIENCE = 4_500;

const DELIVERIES = { lost: [], twice: [0, 0], late: [3_600_000] } as const;

function policyDelayOf(faults: readonly Fault[]): PolicyDelay {
  const fault = faults.find((each) => each.kind === 'policies');
  if (fault === undefined) return POLICY_DELAY_MS;
  const { seconds, services, flicker } = fault;
  return ({ service, atMs }) => {
    if (services !== undefined && !services.includes(service)) return POLICY_DELAY_MS;
    const isSeen = flicker && Math.floor(atMs / FLICKER_MS) % 2 === 0;
    return isSeen ? 0 : seconds * 1000;
  };
}

/**
 * A world lives for hours, and its clock is nobody's: a task that the time of day would add to some runs and not to others is no part of
 * what is explored. Only the schedules of task types are on the clocks; those of the reconciler are rates.
 */
function withoutTaskSchedules(template: Template): Template {
  const copy = structuredClone(template);
  for (const { Type, Properties } of Object.values(copy.Resources)) {
    const isTask = !String(Properties['ScheduleExpression']).startsWith('rate(');
    if (Type === 'AWS::Scheduler::Schedule' && isTask) Properties['State'] = 'DISABLED';
  }
  return copy;
}

/** The boundary that a function's event names; empty where it names none. */
const boundaryOf = (event: string): string =>
  (JSON.parse(event) as { readonly boundaryId?: string }).boundaryId ?? '';
