import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Intercept, InterceptedCall, Refusal } from 'taskbound-local/gateway/intercept';
import type { Connection } from '../../../cli/connection/connection.ts';
import { submitDecision } from '../../../cli/decide/submit-decision.ts';
import { endTask } from '../../../cli/revoke/revoke.ts';
import { runTask } from '../../../cli/run/run-task.ts';
import { deploy, freshId, type Deployed } from '../../scenarios/deployed.ts';
import { rowOf, tracesOf } from '../../scenarios/evidence/meddle.ts';
import { recordingIo } from '../../cli/support.ts';

let stack: Deployed;
beforeAll(async () => {
  stack = await deploy('sample');
});

const transfer = () => ({
  type: 'object-transfer',
  taskId: freshId('caller'),
  reason: 'to see who may call',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});
/** A window that opens in an hour and is open for an hour. */
function inAnHour() {
  const instant = (hours: number): string =>
    `${new Date(stack.aws.clock.nowMs() + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
  return { opensAt: instant(1), closesAt: instant(2) };
}

const MAINTENANCE = {
  set: 'reindex-orders',
  digest: '9b1d67fae69841a149e25ca304c7df112ca074223c2af7db88d093973564b9d3',
};
const boundaryOf = ({ type, taskId }: { readonly type: string; readonly taskId: string }): string =>
  `${type}.${taskId}`;
const as = (name: string, role: string): Connection => ({
  ...stack.connection,
  as: { name, role },
});

const refusal = (name: string, message: string, status = 403): { readonly refuse: Refusal } => ({
  refuse: { name, message, status },
});
const EXPIRED = refusal('ExpiredTokenException', 'The security token included in the request is expired');
const isUrl = ({ operation, request }: InterceptedCall): boolean =>
  operation === 'Invoke' && request.path.startsWith('/lambda-url/');

/** The verdicts on the calls of function URLs, in order; further calls proceed. Returns how many calls there were. */
function answering(...verdicts: readonly ReturnType<Intercept>[]): () => number {
  let calls = 0;
  stack.aws.intercept = (call) => {
    if (!isUrl(call)) return 'proceed';
    calls += 1;
    return verdicts[calls - 1] ?? 'proceed';
  };
  onTestFinished(() => void (stack.aws.intercept = undefined));
  return () => calls;
}

describe('a caller who may not call the URL learns at once who called, and which grant it takes, and which roles there are', () => {
  const decision = {
    decision: 'approve',
    task: 'object-transfer.x1',
    reason: undefined,
    digest: undefined,
  } as const;
  it.each<[string, string, (connection: Connection) => Promise<unknown>, string]>([
    [
      'submit',
      'Operators',
      (connection) => runTask(connection, transfer(), { out: undefined, io: stack.io }),
      'grantSubmit',
    ],
    ['decide', 'Operators', (connection) => submitDecision(decision, connection, stack.io), 'grantDecide'],
    [
      'end',
      'Operators',
      (connection) => endTask({ task: 'object-transfer.x1', reason: 'x' }, {}, connection, stack.io),
      'grantEnd',
    ],
  ])('%s as %s', async (_function, role, act, grant) => {
    const calls = answering();
    const arn = `arn:aws:sts::${stack.role(role).split(':')[4]}:assumed-role/${stack.role(role).split('/').at(-1)}/eve`;
    await expect(act(as('eve', role))).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        new RegExp(
          `^${arn} may not call the function URL http.*AWS refused with 403 \\(Forbidden.*The function did not run\\. Get ${grant} of the task type, or act in a role that has it: --as NAME@ROLE \\(the roles of the stack are Requesters, Approvers, Operators\\)\\.$`,
        ),
      ),
    });
    expect(calls()).toBe(1);
  });
});

describe('a session that expired before the call', () => {
  it('is reported at once, and no task exists', async () => {
    const calls = answering(EXPIRED);
    const request = transfer();
    await expect(
      runTask(as('ann', 'Requesters'), request, { out: undefined, io: stack.io }),
    ).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
    expect(calls()).toBe(1);
    expect(await tracesOf(stack, boundaryOf(request))).toEqual([]);
  });

  it('after a lost answer does not hide that the task may exist', async () => {
    const calls = answering({ loseAnswer: true }, EXPIRED);
    const request = transfer();
    await expect(
      runTask(as('ann', 'Requesters'), request, { out: undefined, io: stack.io }),
    ).rejects.toMatchObject({
      name: 'SubmissionUnknown',
      message: expect.stringMatching(
        /security token included in the request is expired.*after 2 attempts.*not known whether/,
      ),
    });
    expect(calls()).toBe(2);
    expect((await rowOf(stack, boundaryOf(request))).taskId).toBe(request.taskId);
  });
});

it.each([
  ['throttled', refusal('TooManyRequestsException', 'Rate exceeded', 429)],
  ['failed', refusal('ServiceException', 'Internal error', 500)],
  ['lost', { loseAnswer: true } as const],
])('a call that was %s is still retried', async (_what, verdict) => {
  const calls = answering(verdict);
  stack.put('source', 'a', Buffer.from('content'));
  const report = await runTask(as('ann', 'Requesters'), transfer(), { out: undefined, io: stack.io });
  expect(report).toMatchObject({ outcome: 'succeeded', phase: 'closed' });
  expect(calls()).toBe(2);
});

describe('after the call had its effect', () => {
  /** Everything except function URLs is refused from the first URL call on. */
  function expiringAfterUrl(): void {
    let ended = false;
    stack.aws.intercept = (call) => {
      ended ||= isUrl(call);
      return ended && !isUrl(call) && /assumed-role\/[^/]*Requesters/.test(call.caller.arn)
        ? EXPIRED
        : 'proceed';
    };
    onTestFinished(() => void (stack.aws.intercept = undefined));
  }

  it('an expired session of run is exit 3: its boundary is not proven closed', async () => {
    expiringAfterUrl();
    const { io, written } = recordingIo('/', { clock: stack.aws.clock });
    const report = await runTask(as('ann', 'Requesters'), transfer(), { out: undefined, io });
    expect(report).toMatchObject({
      phase: null,
      proof: null,
      error: expect.stringMatching(/AWS credentials have expired/),
    });
    expect(written.stderr).toMatch(
      /cannot be read: The AWS credentials have expired.*The task continues without this command/,
    );
  });

  it('an expired session of revoke is exit 3, and not "nothing was done"', async () => {
    const request = {
      ...transfer(),
      type: 'database-maintenance',
      parameters: MAINTENANCE,
      window: inAnHour(),
    };
    answering();
    const task = boundaryOf(request);
    const submitted = runTask(as('ann', 'Requesters'), request, { out: undefined, io: stack.io });
    await stack.aws.clock.sleep(5_000);
    expiringAfterUrl();
    const { io, written } = recordingIo('/', { clock: stack.aws.clock });
    const code = await endTask({ task, reason: 'enough' }, { json: true }, as('bea', 'Requesters'), io);
    expect({ code, printed: JSON.parse(written.stdout) }).toEqual({
      code: 3,
      printed: { boundaryId: task, person: 'bea', phase: 'unknown', proof: null },
    });
    expect(written.stderr).toMatch(
      /was ended by bea.*\n.*The AWS credentials have expired.*closes without this command/,
    );
    stack.aws.intercept = undefined;
    await submitted;
  });
});
