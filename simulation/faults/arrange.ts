import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import type { PolicyDelay } from 'taskbound-local/iam/authorizer';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import type { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import type { Injector } from './injector.ts';
import type { KindOfTask } from '../schedules/kinds.ts';
import type { People } from '../world/people.ts';
import type { Fault, Schedule } from '../schedules/schedule.ts';
import type { Witness } from '../judges/witness.ts';

/** Milliseconds until an IAM change takes effect, if no fault changes this delay. */
export const POLICY_DELAY_MS = 4_000;
/** A flickering policy change is alternately in effect and not in effect, for one second each. */
const FLICKER_MS = 1_000;

/** The parts of a world that faults act on. */
interface FaultyWorld {
  readonly aws: EmbeddedAws;
  readonly clock: VirtualClock;
  readonly injector: Injector;
  readonly witness: Witness;
  readonly people: People;
  readonly schedule: Schedule;
  readonly kind: KindOfTask;
  readonly taskRoleName: string;
  machineArn(which: 'task' | 'teardown'): string;
}

/** Prepares the faults of a schedule that do not happen at a call. */
export function arrange(world: FaultyWorld): void {
  for (const fault of world.schedule.faults) arrangeOne(world, fault);
}

function arrangeOne(world: FaultyWorld, fault: Fault): void {
  const { aws, clock, injector } = world;
  switch (fault.kind) {
    case 'stop':
      return once(world, fault.state, (executionArn) => {
        injector.note(fault);
        world.witness.note(clock.nowMs(), `stopped in ${fault.state}`);
        aws.states.abort(executionArn);
      });
    case 'end':
      return once(world, fault.state, (executionArn) => {
        injector.note(fault);
        world.witness.note(clock.nowMs(), `ended in ${fault.state}`);
        void world.people.end(boundaryIn(world, executionArn));
      });
    case 'events':
      aws.events.delivery = () => DELIVERIES[fault.what];
      return;
    case 'schedule':
      return disturbSchedule(world, fault);
    case 'redrive':
      return redrive(world, fault.when, fault);
    case 'quota':
      return fillQuota(world);
    case 'reads':
      return knowPeople(world, fault.seconds);
    case 'by-hand':
      return byHand(world, fault.what, fault);
    default:
      return undefined;
  }
}

/** Calls `then` when a task's execution enters the state for the first time. */
function once(world: FaultyWorld, state: string, then: (executionArn: string) => void): void {
  const forget = world.aws.states.onEvent(({ executionArn, stateMachineArn, event }) => {
    if (event.stateEnteredEventDetails?.name !== state || stateMachineArn !== world.machineArn('task'))
      return;
    forget();
    queueMicrotask(() => then(executionArn));
  });
}

const boundaryIn = (world: FaultyWorld, executionArn: string): string =>
  boundaryIdOf(world.kind.type, executionArn.split(':').at(-1) ?? '');

/** Changes the deliveries of the reconciler's schedule. The deliveries of a task's schedule are part of its kind. */
function disturbSchedule(
  { aws, clock, injector, kind }: FaultyWorld,
  { what, seconds }: Extract<Fault, { readonly kind: 'schedule' }>,
): void {
  const untilMs = kind.startMs + seconds * 1000;
  injector.lastMs = Math.max(injector.lastMs, what === 'lost' ? untilMs : kind.startMs);
  const { delivery } = aws.schedules;
  aws.schedules.delivery = (due) =>
    clock.nowMs() >= untilMs || !due.scheduleName.includes('Every')
      ? delivery(due)
      : what === 'lost'
        ? []
        : [0, 1_000];
}

function redrive(world: FaultyWorld, when: 'ended' | 'closed', fault: Fault): void {
  const again = (arn: string) => {
    world.injector.note(fault);
    world.witness.note(world.clock.nowMs(), 'redriven');
    world.aws.states.redrive(arn);
  };
  const forget = world.aws.states.onStatusChange(({ arn, stateMachineArn, status }) => {
    if (stateMachineArn !== world.machineArn('task') || status === 'SUCCEEDED') return;
    forget();
    if (when === 'ended') world.clock.setTimer(0, () => again(arn));
    else void onceClosed(world, arn, again);
  });
}

async function onceClosed(
  world: FaultyWorld,
  executionArn: string,
  then: (arn: string) => void,
): Promise<void> {
  const boundaryId = boundaryIn(world, executionArn);
  for (let waited = 0; waited < REDRIVE_PAUSES; waited += 1) {
    if (world.witness.rows.get(boundaryId)?.at(-1)?.what.phase === 'closed') return then(executionArn);
    await world.clock.sleep(5_000);
  }
}

/** Fills the role with deny policies of other tasks, so that there is no space for another one. */
function fillQuota({ aws, taskRoleName, kind }: FaultyWorld): void {
  const document = {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Deny' as const, Action: 'none:*', Resource: `arn:aws:s3:::${'x'.repeat(2000)}` }],
  };
  for (let number = 0; number < 5; number += 1)
    aws.iam.putInline(taskRoleName, `filler-${number}`, document, kind.startMs - 3_600_000);
}

/** Only the task's role is new: people signed in to roles of an earlier deploy. */
function knowPeople({ aws }: FaultyWorld, seconds: number): void {
  for (const { name, id, createdMs } of aws.iam.roles())
    if (/Requesters|Approvers/.test(name))
      aws.iam.restoreRole(name, { id, createdMs: createdMs - seconds * 1000 });
}

function byHand(world: FaultyWorld, what: 'teardown' | 'execution', fault: Fault): void {
  once(world, 'RunWork', (executionArn) => {
    world.injector.note(fault);
    world.aws.states.start(
      world.machineArn(what === 'teardown' ? 'teardown' : 'task'),
      what === 'teardown' ? 'by-hand' : 'nobody-asked',
      JSON.stringify({ boundaryId: boundaryIn(world, executionArn) }),
    );
  });
}

/** How many pauses of five seconds a redrive waits until the boundary is closed: more than six hours. */
const REDRIVE_PAUSES = 4_500;

const DELIVERIES = { lost: [], twice: [0, 0], late: [3_600_000] } as const;

export function policyDelayOf(faults: readonly Fault[]): PolicyDelay {
  const fault = faults.find((each) => each.kind === 'policies');
  if (fault === undefined) return POLICY_DELAY_MS;
  const { seconds, services, flicker } = fault;
  return ({ service, atMs }) => {
    if (services !== undefined && !services.includes(service)) return POLICY_DELAY_MS;
    const isSeen = flicker && Math.floor(atMs / FLICKER_MS) % 2 === 0;
    return isSeen ? 0 : seconds * 1000;
  };
}

/** The read lag of a schedule, milliseconds by service. */
export const readLagOf = (faults: readonly Fault[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    faults.flatMap((fault) => (fault.kind === 'reads' ? [[fault.of, fault.seconds * 1000]] : [])),
  );
