import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOfRun } from '../../../cli/run/run-report.ts';
import { runTask } from '../../../cli/run/run-task.ts';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { synthesize } from '../../../sample/synthesize.ts';
import type { Service } from 'taskbound-local/gateway/service';
import { LATER_DEPLOYS, type LaterDeploy } from '../../fixtures/later-deploys.ts';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import {
  dataOf,
  eventsOf,
  intercept,
  submitWithoutStarting,
  post,
  resourceOf,
  rowOf,
  type Request,
} from '../evidence/meddle.ts';

const folder = mkdtempSync(join(tmpdir(), 'taskbound-later-'));
const names = Object.keys(LATER_DEPLOYS) as LaterDeploy[];
const assemblyOf = (later: LaterDeploy): string => join(folder, String(names.indexOf(later)));
beforeAll(() => {
  for (const later of names) synthesize({ outdir: assemblyOf(later), declare: LATER_DEPLOYS[later] });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const transfer = (): Request => ({
  type: 'object-transfer',
  taskId: freshId('deploy'),
  reason: 'to see it outlive a deploy',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

/** Where the task is at the deploy: the state that it has just entered, or a call of its work. */
type Where = 'Issue receiptKey' | 'IssueIdentity' | 'RunWork' | 'in the work' | 'ProveRevoked';
const WHERE: readonly Where[] = ['Issue receiptKey', 'RunWork', 'in the work', 'ProveRevoked'];

/** Holds the next call of a service, and the clock, until the deploy is complete. */
function deployBeforeNextCall(service: Service, stack: Deployed, later: LaterDeploy): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = intercept(service, async (_request, _call, next) => {
      stop();
      const release = stack.aws.clock.hold();
      await stack.aws
        .loadAssembly(assemblyOf(later))
        .finally(release)
        .then(() => resolve(), reject);
      return next();
    });
  });
}

/** Calls `then` when an execution enters the state for the first time. */
function onceEntered(stack: Deployed, state: string, then: () => void): void {
  const forget = stack.aws.states.onEvent(({ event }) => {
    if (event.stateEnteredEventDetails?.name !== state) return;
    forget();
    then();
  });
}

function deployWhen(stack: Deployed, where: Where, later: LaterDeploy): Promise<void> {
  const [state, service] =
    where === 'in the work' ? ['RunWork', stack.aws.s3] : [where, stack.aws.lambda as Service];
  return new Promise((resolve, reject) => {
    onceEntered(stack, state, () => void deployBeforeNextCall(service, stack, later).then(resolve, reject));
  });
}

async function runSchedulesFor(stack: Deployed, minutes: number): Promise<void> {
  stack.aws.startSchedules();
  await stack.aws.clock.sleep(minutes * 60_000);
  stack.aws.stopSchedules();
}

const deniesOn = (stack: Deployed): string[] =>
  stack.aws.iam
    .roles()
    .flatMap(({ name }) => stack.aws.iam.inlinePolicies(name, stack.aws.clock.nowMs()))
    .map(({ name }) => name)
    .filter((name) => name.startsWith('taskbound-deny-'));

async function closed(stack: Deployed, boundaryId: string) {
  let row: LedgerRow = await rowOf(stack, boundaryId);
  for (let waited = 0; row.phase !== 'closed' && waited < 20; waited += 1) {
    await runSchedulesFor(stack, 1);
    row = await rowOf(stack, boundaryId);
  }
  return { stack, row, events: await eventsOf(stack, boundaryId) };
}

/** Runs one task of the sample with a deploy meanwhile, and returns its state after the boundary has closed. */
async function runDuringDeploy(
  where: Where,
  later: LaterDeploy,
  then: (stack: Deployed) => void = () => undefined,
) {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('content'));
  const request = transfer();
  const deployed = deployWhen(stack, where, later).then(() => then(stack));
  await post(stack, JSON.stringify(request));
  const outlived = await closed(stack, boundaryIdOf(request.type, request.taskId));
  await deployed;
  return outlived;
}

type ClosedTask = Awaited<ReturnType<typeof closed>>;

/** Expects that the boundary is closed, proven, recorded and swept, whatever the deploy removed. */
async function expectClosedAndSwept({ stack, row, events }: ClosedTask): Promise<void> {
  expect(row).toMatchObject({ phase: 'closed', proof: {} });
  expect(chainFault(row.boundaryId, events)).toBeUndefined();
  expect(events.at(-1)?.type).toBe('boundary.closed');
  const names = stack.aws.secrets.store.all().map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('taskbound/'))).toEqual([]);
  await runSchedulesFor(stack, 10);
  const swept = await rowOf(stack, row.boundaryId);
  expect([swept.dueAtMs, swept.postponed?.because]).toEqual([undefined, undefined]);
  expect(deniesOn(stack)).toEqual([]);
}

const endOf = ({ row }: ClosedTask): string =>
  [
    `${row.outcome} ${row.proof?.kind}`,
    ...(row.deny === undefined ? [] : [`deny ${row.deny.effective ? 'effective' : 'refused'}`]),
    ...(row.teardown === undefined ? [] : [`Teardown ${row.teardown.attempt}`]),
  ].join(', ');

const DONE = 'succeeded refused, deny effective';
/** The requested grant differs from the grant of the deployed type. */
const REJECTED = 'failed nothing-issued';

/** How a task ends, in the order of `WHERE`. */
const ENDS: Readonly<Record<LaterDeploy, readonly string[]>> = {
  'new code of the control functions': [DONE, DONE, DONE, DONE],
  'new code of every function': [REJECTED, DONE, DONE, DONE],
  'functions under other names': [REJECTED, DONE, DONE, DONE],
  // Its ceiling is reduced at once. The ledger contains what must be revoked.
  'another configuration of the type': [
    REJECTED,
    'failed refused, deny effective',
    'failed refused, deny effective',
    DONE,
  ],
  // The state machine is deleted with its tail. So is the task role, unless it has a deny.
  'the type left out': [
    `${REJECTED}, Teardown 1`,
    'failed expired, deny refused, Teardown 1',
    'failed expired, deny refused, Teardown 1',
    `${DONE}, Teardown 1`,
  ],
};

describe.each(names)('a deploy with %s', (later) => {
  test.each(WHERE.map((where, index) => [where, ENDS[later][index] ?? ''] as const))(
    '%s: %s',
    async (where, end) => {
      const outlived = await runDuringDeploy(where, later);
      expect(endOf(outlived)).toBe(end);
      await expectClosedAndSwept(outlived);
    },
  );
});

test('a deploy that removes a secret of a type does not prevent the revocation of an issued one', async () => {
  const { row, events } = await runDuringDeploy('in the work', 'another configuration of the type');
  expect(row.secrets).toMatchObject([{ name: 'receiptKey', state: 'revoked' }]);
  expect(dataOf(events, 'secret.revoked:receiptKey')).toBeDefined();
});

test('Teardown of a stopped task whose functions were renamed waits for the deadline and records it', async () => {
  // The new function has a new role, which the session secret's policy denies.
  const outlived = await runDuringDeploy('in the work', 'functions under other names', ({ aws }) => {
    for (const { arn } of aws.states.executions()) aws.states.abort(arn);
  });
  expect(endOf(outlived)).toBe('failed expired, deny effective, Teardown 1');
  const [lease] = outlived.row.leases;
  expect(outlived.row.proof?.provenAtMs).toBeGreaterThan(lease?.deadlineMs ?? Infinity);
  await expectClosedAndSwept(outlived);
});

test('a deploy that removes a type during IssueIdentity makes Teardown wait for the intended lease', async () => {
  const outlived = await runDuringDeploy('IssueIdentity', 'the type left out');
  expect(endOf(outlived)).toBe('failed expired, deny refused, Teardown 1');
  await expectClosedAndSwept(outlived);
});

test('the evidence of a session whose role was deleted contains the answers after its deadline', async () => {
  const { row, events } = await runDuringDeploy('in the work', 'the type left out');
  const leases = dataOf(events, 'revocation.proven')?.['leases'];
  expect(leases).toMatchObject([{ proof: 'expired', accessKeyId: row.leases[0]?.accessKeyId }]);
  const { refusals } = (leases as { refusals: { at: string; error: string; message: string }[] }[])[0] ?? {};
  expect(refusals).toHaveLength(3);
  for (const { at, error, message } of refusals ?? []) {
    expect(Date.parse(at)).toBeGreaterThan(row.leases[0]?.deadlineMs ?? Infinity);
    expect([error, message]).toEqual([
      'AccessDeniedException',
      expect.stringMatching(/no identity-based policy/),
    ]);
  }
});

test('a task that was never started before its type was removed is closed without a credential', async () => {
  const stack = await deploy('sample');
  const { boundaryId } = await submitWithoutStarting(stack, transfer());
  await stack.aws.loadAssembly(assemblyOf('the type left out'));
  const outlived = await closed(stack, boundaryId);
  expect(endOf(outlived)).toBe('failed nothing-issued, Teardown 1');
  expect(outlived.events.at(-1)?.type).toBe('boundary.closed');
});

const READ_EXECUTIONS = {
  Version: '2012-10-17' as const,
  Statement: [
    {
      Effect: 'Allow' as const,
      Action: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      Resource: '*',
    },
  ],
};

test('a person who follows a task of a removed type learns how its boundary closed', async () => {
  const stack = await deploy('sample');
  // Permissions from the type are removed with it. This person may read every execution.
  const reader = resourceOf(stack, 'AWS::IAM::Role', 'Requesters').physicalId;
  stack.aws.iam.putInline(reader, 'reader', READ_EXECUTIONS, stack.aws.clock.nowMs());
  stack.put('source', 'a', Buffer.from('content'));
  const deployed = deployWhen(stack, 'in the work', 'the type left out');
  const request = transfer();
  stack.aws.startSchedules();
  const report = await runTask(stack.connection, request, { out: undefined, io: stack.io });
  stack.aws.stopSchedules();
  await deployed;
  expect(report).toMatchObject({ phase: 'closed', proof: 'expired', executionStatus: 'UNKNOWN' });
  expect(exitCodeOfRun(report)).toBe(1);
});
