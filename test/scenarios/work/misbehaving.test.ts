import { beforeAll, describe, expect, test } from 'vitest';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';

let stack: Deployed;
beforeAll(async () => {
  stack = await deploy('misbehaving');
  stack.put('source', 'mine', Buffer.from('mine'));
  stack.put('source', 'sibling', Buffer.from('not mine'));
  stack.put('destination', 'mine', Buffer.from('in another bucket'));
});

const misbehave = (how: string, target = 'none') =>
  stack.run({
    type: 'misbehaving',
    taskId: freshId(),
    reason: 'to see it contained',
    parameters: { how, key: 'mine', target },
  });
const raw = (how: string) =>
  stack.run({ type: 'raw', taskId: freshId(), reason: 'to see it contained', parameters: { how } });

function expectContained(ran: Ran, error: RegExp): void {
  expect(ran.report.error).toMatch(error);
  expect([ran.code, ran.report.outcome, ran.report.phase, ran.report.proof]).toEqual([
    1,
    'failed',
    'closed',
    'refused',
  ]);
  // A worker that died has no report of its calls.
  expect(ran.events.find(({ id }) => id === 'work.finished')?.data['tools']).toBe('unknown');
}

describe('work that fails ends the task with its error, and the boundary is closed and proven', () => {
  test.each([
    ['throws', /^WorkBroke: The work broke on purpose/],
    ['throws-text', /^NotAnError/],
    ['hangs', /^(Sandbox\.Timedout|States\.Timeout|DeadlineNear)/],
    ['exits', /^Runtime\.ExitError/],
    ['floods', /^ResultTooLarge: .*32,?768/],
    ['invalid-return', /^ResultNotJson/],
    ['leak-error', /^WorkLeaked/],
    ['leak-stray', /^(WorkStrayed|Runtime\.|Sandbox\.Timedout)/],
  ])('%s', async (how, error) => expectContained(await misbehave(how), error));

  test.each([
    ['throws', /^RawWorkBroke/],
    ['rejects-text', /./],
    ['hangs', /^(Sandbox\.Timedout|States\.Timeout)/],
    ['exits', /^Runtime\.ExitError/],
    ['floods', /^States\.DataLimitExceeded/],
    ['floods-error', /^(RawWorkFlooded|Function\.|States\.)/],
    ['invalid-return', /^WorkContractViolation/],
    ['nothing', /^WorkContractViolation/],
    ['spins', /^(Sandbox\.Timedout|States\.Timeout)/],
  ])('%s, without the runtime', async (how, error) => expectContained(await raw(how), error), 60_000);
});

describe('IAM refuses work that requests what was not granted', () => {
  const reads = (ran: Ran, error?: string) =>
    stack.aws.trail.filter(
      (record) =>
        record.userIdentity['accessKeyId'] === ran.row.leases[0]?.accessKeyId &&
        (error === undefined || record.errorCode === error),
    );

  test.each([
    ['sibling-key', 'sibling', /^AccessDenied: .*s3:GetObject.*sibling.* because no session policy allows/],
    ['listing', 'none', /^AccessDenied: .*s3:ListBucket.* (explicit deny|because no)/],
    ['other-bucket', 'none', /^AccessDenied: .*s3:GetObject/],
  ])('%s', async (how, target, error) => {
    const ran = await misbehave(how, target);
    expectContained(ran, error);
    expect(reads(ran, 'AccessDenied').length).toBeGreaterThan(3); // The attempt and the three refusals of the proof.
  });

  test('when it calls sts:AssumeRole for its own task role or another role', async () => {
    const other = [...stack.stack.resources.values()]
      .filter((resource) => resource.type === 'AWS::IAM::Role')
      .map((resource) => resource.arn);
    const { taskRoleArn } = (await misbehave('succeed')).row;
    for (const target of [taskRoleArn, other.find((arn) => arn !== taskRoleArn) ?? '']) {
      expectContained(await misbehave('assume-role', target), /^AccessDenied: .*sts:AssumeRole/);
    }
  });

  test("when its function's own role reads anything except its session secret", async () => {
    expectContained(await misbehave('own-role'), /^AccessDenied: .*WorkFunction.*s3:GetObject/i);
  });

  test('when it reads the secret of another running task', async () => {
    const victimId = freshId('victim');
    const victim = stack.run({
      type: 'misbehaving',
      taskId: victimId,
      reason: 'a victim',
      parameters: { how: 'hangs', key: 'mine', target: 'none' },
    });
    const secrets = () =>
      stack.aws.secrets.store
        .all()
        .map(({ name }) => name)
        .filter((name) => name.includes(victimId));
    while (secrets().length < 3) await stack.aws.clock.sleep(50);
    for (const target of secrets())
      expectContained(
        await misbehave('other-secret', target),
        /^AccessDenied(Exception)?: .*secretsmanager:GetSecretValue/,
      );
    expectContained(await victim, /./);
  });
});
