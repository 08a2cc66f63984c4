import { accessEnd } from '../../access-end/access-end.ts';
import { EXECUTION_ENDED } from '../../names/execution-ended.ts';
import {
  isClosed,
  isIssued,
  isLeased,
  isProven,
  isRefused,
  unreadableOf,
  type TaskRecord,
} from '../../events/task-record.ts';
import { count } from '../html.ts';

/**
 * How a task went through a state. `passed`; `failed`: it ended here and continued with the tail; `waiting`: the record ends here; `skipped`: the
 * task did not enter the state.
 */
export type StepState = 'passed' | 'failed' | 'waiting' | 'skipped';

export interface Step {
  /** The state's name as operators see it. */
  readonly name: string;
  readonly state: StepState;
  /** A few words for the picture, which may contain text of others. */
  readonly note: string;
}

export interface WorkflowPath {
  /** From the request to the work. */
  readonly front: readonly Step[];
  /** From RevokeAndRecord to the end. */
  readonly tail: readonly Step[];
  /** How often RunWork continued with another lease. */
  readonly rounds: number;
  /** Whether the tail was run by the Teardown machine, in place of the task's own execution. */
  readonly byTeardown: boolean;
  /** In one sentence. */
  readonly says: string;
}

/** The path of one task through the workflow, from its events. */
export function workflowPathOf(record: TaskRecord): WorkflowPath {
  const front = frontOf(record);
  const byTeardown = isTornDown(record);
  return {
    front,
    tail: tailOf(record),
    rounds: record.runs.filter(({ data }) => data.status === 'handed-on').length,
    byTeardown,
    says: says(record, front, byTeardown),
  };
}

const step = (name: string, state: StepState, note: string): Step => ({ name, state, note });

const isRevoked = (record: TaskRecord): boolean =>
  record.revoked !== undefined || unreadableOf(record, 'boundary.revoked').length > 0;

const isTailBegun = (record: TaskRecord): boolean =>
  isRevoked(record) || isProven(record) || isClosed(record);

function frontOf(record: TaskRecord): Step[] {
  const steps = [
    requested(record),
    approval(record),
    admit(record),
    window(record),
    secrets(record),
    identity(record),
    work(record),
  ];
  if (isTailBegun(record) || steps.some(({ state }) => state === 'failed' || state === 'waiting'))
    return steps;
  // The record ends before the tail: the task waits between its last step and the next one.
  const last = steps.findLastIndex(({ state }) => state === 'passed');
  return steps.map((each, index) =>
    index === last ? { ...each, state: 'waiting', note: `${each.note}; the record ends here` } : each,
  );
}

const requested = (record: TaskRecord): Step =>
  record.requested || unreadableOf(record, 'task.requested').length > 0
    ? step('submit', 'passed', 'requested')
    : step('submit', 'skipped', 'not in the record');

function approval(record: TaskRecord): Step {
  const { requested: event, granted, expired, ended, admitted } = record;
  const needed = event?.data.approvalsNeeded ?? granted[0]?.data.quorum ?? undefined;
  if (isRefused(record)) return step('Approval', 'failed', 'refused');
  if (expired) return step('Approval', 'failed', 'expired');
  if (event?.data.emergency !== undefined) return step('Approval', 'skipped', 'emergency');
  if (needed === undefined) return step('Approval', 'skipped', 'none needed');
  const note = `${granted.length} of ${needed}`;
  if (granted.length >= needed) return step('Approval', 'passed', note);
  if (ended) return step('Approval', 'failed', note);
  return step('Approval', admitted ? 'passed' : 'waiting', note);
}

function admit(record: TaskRecord): Step {
  const { admitted, rejected, expired } = record;
  if (admitted)
    return rejected?.actor === 'admit'
      ? step('Admit', 'failed', 'rejected later')
      : step('Admit', 'passed', 'admitted');
  if (rejected?.actor === 'admit') return step('Admit', 'failed', 'rejected');
  return step('Admit', 'skipped', isRefused(record) || expired ? 'not approved' : 'not reached');
}

function window(record: TaskRecord): Step {
  if (record.requested?.data.window === undefined) return step('AwaitWindow', 'skipped', 'no window');
  if (record.admitted === undefined) return step('AwaitWindow', 'skipped', 'not reached');
  if (isIssued(record)) return step('AwaitWindow', 'passed', 'window open');
  return record.revoked || record.rejected
    ? step('AwaitWindow', record.rejected ? 'passed' : 'failed', 'nothing issued')
    : step('AwaitWindow', 'waiting', 'not open yet');
}

function secrets(record: TaskRecord): Step {
  const { secrets: made, rejected } = record;
  const [only] = made;
  const issued = made.length + unreadableOf(record, 'secret.issued').length;
  const name = issued === 1 && only ? `Issue ${only.name}` : 'Issue secrets';
  if (rejected?.actor === 'issue-secret') return step(name, 'failed', 'rejected');
  if (issued === 0) return step(name, 'skipped', isLeased(record) ? 'no secrets' : 'not reached');
  return step(name, 'passed', `${issued} issued`);
}

function identity({ leases, unrecorded, rejected }: TaskRecord): Step {
  if (rejected?.actor === 'issue-identity') return step('IssueIdentity', 'failed', 'rejected');
  if (leases.length === 0 && unrecorded.length > 0) return step('IssueIdentity', 'failed', 'may have issued');
  return leases.length === 0
    ? step('IssueIdentity', 'skipped', 'no session issued')
    : step('IssueIdentity', 'passed', count(leases.length, 'lease'));
}

function work(record: TaskRecord): Step {
  const { leases, runs, ended } = record;
  const last = runs.at(-1);
  switch (last?.data.status) {
    case 'succeeded':
      return step('RunWork', 'passed', 'succeeded');
    case 'failed':
      return step('RunWork', 'failed', 'failed');
  }
  if (leases.length === 0) return step('RunWork', 'skipped', 'not reached');
  if (ended) return step('RunWork', 'failed', 'ended early');
  if (last) return step('RunWork', 'passed', 'checkpoint returned');
  return isTailBegun(record)
    ? step('RunWork', 'failed', 'no result recorded')
    : step('RunWork', 'waiting', 'running, or lost');
}

function tailOf(record: TaskRecord): Step[] {
  const end = accessEnd(record);
  return [
    isRevoked(record)
      ? step('RevokeAndRecord', 'passed', denyNote(record))
      : step('RevokeAndRecord', 'skipped', 'not reached'),
    isProven(record)
      ? step('ProveRevoked', end.kind === 'unproven' ? 'failed' : 'passed', end.kind)
      : step('ProveRevoked', isRevoked(record) ? 'waiting' : 'skipped', 'no proof'),
    isClosed(record)
      ? step('CloseBoundary', 'passed', 'closed')
      : step('CloseBoundary', 'skipped', 'not reached'),
    outcome(record),
  ];
}

function denyNote(record: TaskRecord): string {
  if (!isLeased(record)) return 'nothing to deny';
  const deny = record.revoked?.data.deny;
  return typeof deny === 'object' && deny.effective ? 'denied' : 'deny not effective';
}

function outcome(record: TaskRecord): Step {
  if (!isClosed(record)) return step('End', 'skipped', 'not reached');
  const closed = record.closed?.data;
  return closed?.outcome === 'succeeded'
    ? step('TaskSucceeded', 'passed', 'succeeded')
    : step('TaskFailed', 'failed', closed?.error ?? 'failed');
}

/** `end` starts Teardown, and so does `reconcile` when an execution ended without its tail. */
const isTornDown = ({ ended, closed }: TaskRecord): boolean =>
  ended !== undefined || closed?.data.error === EXECUTION_ENDED;

const issuedWord = ({ leases, secrets: made }: TaskRecord): string =>
  leases.length + made.length > 0 ? 'was issued' : 'may have been issued';

function says(record: TaskRecord, front: readonly Step[], byTeardown: boolean): string {
  const { ended, rejected, expired, closed } = record;
  const so = isIssued(record) ? `but something ${issuedWord(record)}` : 'so nothing was issued';
  if (expired) return `Not enough people approved the task in time, ${so}.`;
  if (isRefused(record)) return `A person refused the task, ${so}.`;
  if (ended)
    return `A person ended the task early; ${isClosed(record) ? 'Teardown closed its boundary' : 'the record ends before its boundary was closed'}.`;
  if (byTeardown) return 'The execution ended without its tail, so Teardown closed the boundary.';
  if (rejected)
    return `A rule rejected the task${isIssued(record) ? `, but something ${issuedWord(record)}` : ', so nothing was issued'}.`;
  if (!isClosed(record)) {
    const where = [...front].reverse().find(({ state }) => state === 'waiting' || state === 'failed')?.name;
    return `The record ends${where === undefined ? '' : ` at ${where},`} before the boundary was closed.`;
  }
  if (closed === undefined)
    return 'The boundary was closed, but the event with the outcome of the task cannot be read.';
  return closed.data.outcome === 'succeeded'
    ? 'The task went through the whole workflow, and its boundary was closed.'
    : 'The task failed, and its boundary was closed.';
}
