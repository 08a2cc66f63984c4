import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, test } from 'vitest';
import { SWEEP_MARGIN_MS } from '../../../core/ledger/due.ts';
import { boundaryIdOf, denyPolicyName, secretName, taskRolePath } from 'taskbound-evidence/names/ids';
import { STRAY_AGE_MS } from '../../../core/reconcile/strays.ts';
import type { Intercept } from 'taskbound-local/gateway/intercept';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import { call, submitWithoutStarting, resourceOf, rowOf, type Request } from '../evidence/meddle.ts';

const NONCE = '0123456789abcdef0123456789abcdef';
const DENY = {
  Version: '2012-10-17' as const,
  Statement: [{ Effect: 'Deny' as const, Action: '*', Resource: '*' }],
};

let stack: Deployed;
beforeEach(async () => {
  stack = await deploy('sample', { policyDelayMs: 0 });
  stack.put('source', 'a', Buffer.from('content'));
});

const transfer = (): Request => ({
  type: 'object-transfer',
  taskId: freshId('stray'),
  reason: 'to leave something behind',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

const now = () => stack.aws.clock.nowMs();
const later = (ms: number) => stack.aws.clock.sleep(ms);
const strayName = (taskId: string, inStack = 'Taskbound', name = 'session') =>
  secretName(
    {
      stack: inStack,
      taskType: 'object-transfer',
      boundaryId: boundaryIdOf('object-transfer', taskId),
      nonce: NONCE,
    },
    name,
  );

async function makeSecrets(...names: readonly string[]): Promise<void> {
  const secrets = new SecretsManagerClient({ ...stack.connection.config });
  for (const Name of names) await secrets.send(new CreateSecretCommand({ Name }));
}
/** Without the secret of the stack itself, which belongs to no task. */
const secretsLeft = () =>
  stack.aws.secrets.store
    .all()
    .filter(({ arn }) => arn !== stack.output('DatabaseAdmin'))
    .map(({ name }) => name);

const taskRole = () => resourceOf(stack, 'AWS::IAM::Role', 'ObjectTransferTaskRole').physicalId;
function makeDenies(role: string, ...names: readonly string[]): void {
  for (const name of names) stack.aws.iam.putInline(role, name, DENY, now());
}
const policiesOf = (role: string) => stack.aws.iam.inlinePolicies(role, now()).map(({ name }) => name);
const staleDenyOf = (taskId: string) =>
  denyPolicyName(boundaryIdOf('object-transfer', taskId), now() - SWEEP_MARGIN_MS - 1000);

/** Calls reconcile like the hourly schedule. */
async function removeStrays(): Promise<unknown> {
  const lambda = new LambdaClient({ ...stack.connection.config });
  const FunctionName = resourceOf(stack, 'AWS::Lambda::Function', 'ControlReconcileFunction').physicalId;
  const Payload = Buffer.from(JSON.stringify({ strays: true }));
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  return JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
}

const asked = (operation: string) =>
  stack.aws.trail.filter(({ eventName }) => eventName === operation).length;

describe('a secret that belongs to no row', () => {
  test('is destroyed only when it is old enough', async () => {
    await makeSecrets(strayName('lost'));
    await later(STRAY_AGE_MS);
    const read = asked('GetItem');
    expect(await removeStrays()).toEqual({ done: 0, failed: 0 });
    expect([secretsLeft(), asked('GetItem')]).toEqual([[strayName('lost')], read]);
    await later(1);
    expect(await removeStrays()).toEqual({ done: 1, failed: 0 });
    expect(secretsLeft()).toEqual([]);
  });

  test('is kept when it belongs to another stack or has another form of name', async () => {
    const others = [
      strayName('lost', 'Taskbound2'),
      strayName('lost', 'Other'),
      'taskbound/Taskbound/made-by-hand',
      `${strayName('lost')}-copy/more`,
      strayName('lost').replace('/object-transfer/', '/another-type/'),
      strayName('lost').toUpperCase(),
    ];
    await makeSecrets(...others, strayName('lost'));
    await later(STRAY_AGE_MS + 1);
    expect(await removeStrays()).toEqual({ done: 1, failed: 0 });
    expect(secretsLeft()).toEqual(others);
  });

  test('is found on the third page', async () => {
    await makeSecrets(...Array.from({ length: 201 }, (_, index) => strayName(`page-${index}`)));
    await later(STRAY_AGE_MS + 1);
    expect(await removeStrays()).toEqual({ done: 201, failed: 0 });
    expect(secretsLeft()).toEqual([]);
    expect(asked('ListSecrets')).toBe(3);
  });

  test('that cannot be destroyed does not prevent the destruction of others', async () => {
    await makeSecrets(strayName('one'), strayName('two'), strayName('three'));
    await later(STRAY_AGE_MS + 1);
    stack.aws.intercept = refuse('DeleteSecret', 'two');
    expect(await removeStrays()).toEqual({ done: 2, failed: 1 });
    stack.aws.intercept = undefined;
    expect(secretsLeft()).toEqual([strayName('two')]);
    expect(await removeStrays()).toEqual({ done: 1, failed: 0 });
  });
});

/** Refuses a call whose body contains the text. */
const refuse =
  (operation: string, text = ''): Intercept =>
  (seen) =>
    seen.operation === operation && Buffer.from(seen.request.body).toString('utf8').includes(text)
      ? { refuse: { name: 'AccessDeniedException', message: 'refused by the test', status: 400 } }
      : 'proceed';

describe('a secret of a known boundary', () => {
  test('is kept at any age while the boundary is open', async () => {
    const row = await submitWithoutStarting(stack, transfer());
    await call(stack, 'Admit', row);
    await call(stack, 'IssueSecret', row, { secret: 'receiptKey' });
    await later(10 * STRAY_AGE_MS);
    await removeStrays();
    expect(secretsLeft()).toEqual([row.secrets[0]?.secretName]);
  });

  test('is kept until the row is swept, and is destroyed when it appears after that', async () => {
    const { row } = await stack.run(transfer());
    await makeSecrets(row.secrets[0]?.secretName ?? '');
    await later(STRAY_AGE_MS + 1);
    await removeStrays();
    expect((await rowOf(stack, row.boundaryId)).sweptAtMs).toBeUndefined();
    expect(secretsLeft()).toHaveLength(1);
    stack.aws.startSchedules();
    await later(120_000);
    stack.aws.stopSchedules();
    expect((await rowOf(stack, row.boundaryId)).sweptAtMs).toBeDefined();
    expect(secretsLeft()).toEqual([]);
    await makeSecrets(row.secrets[0]?.secretName ?? '');
    await later(STRAY_AGE_MS + 1);
    await removeStrays();
    expect(secretsLeft()).toEqual([]);
  });
});

describe('a deny that belongs to no row', () => {
  test('is removed after its deadline from every role under the path, and from no other role', async () => {
    const left = taskRolePath('Taskbound');
    const { trust, boundaryArn = '' } = stack.aws.iam.role(taskRole());
    stack.aws.iam.putRole({ name: 'LeftBehind', path: left, trust, boundaryArn }, now());
    stack.aws.iam.putRole({ name: 'Others', path: taskRolePath('Taskbound2'), trust, boundaryArn }, now());
    for (const role of [taskRole(), 'LeftBehind', 'Others']) makeDenies(role, staleDenyOf('lost'));
    expect(await removeStrays()).toEqual({ done: 2, failed: 0 });
    expect([taskRole(), 'LeftBehind', 'Others'].map(policiesOf)).toEqual([[], [], [staleDenyOf('lost')]]);
  });

  test('is kept before its deadline, and policies with another form of name are always kept', async () => {
    const tooEarly = denyPolicyName('object-transfer.lost', now() - SWEEP_MARGIN_MS);
    const others = ['made-by-hand', 'taskbound-deny-lost-1', 'taskbound-deny-object-transfer.lost-00001'];
    makeDenies(taskRole(), tooEarly, ...others);
    expect(await removeStrays()).toEqual({ done: 0, failed: 0 });
    await later(1000);
    expect(await removeStrays()).toEqual({ done: 1, failed: 0 });
    expect(policiesOf(taskRole())).toEqual(others);
  });

  test('is kept while its boundary has a row that removes it', async () => {
    const { row } = await stack.run(transfer());
    await later(STRAY_AGE_MS);
    await removeStrays();
    expect(policiesOf(taskRole())).toEqual([row.deny?.policyName]);
  });

  test('is found on the second page', async () => {
    const names = Array.from({ length: 101 }, (_, index) => staleDenyOf(`page-${index}`));
    makeDenies(taskRole(), ...names);
    expect(await removeStrays()).toEqual({ done: 101, failed: 0 });
    expect(policiesOf(taskRole())).toEqual([]);
  });

  test('that no longer exists is not a failure', async () => {
    makeDenies(taskRole(), staleDenyOf('lost'));
    const name = staleDenyOf('lost');
    stack.aws.intercept = ({ operation }) => {
      if (operation === 'DeleteRolePolicy' && policiesOf(taskRole()).includes(name))
        stack.aws.iam.deleteInline(taskRole(), name, now());
      return 'proceed';
    };
    expect(await removeStrays()).toEqual({ done: 1, failed: 0 });
  });
});

describe('a listing that fails does not prevent the removal of the other kind, and fails the run', () => {
  test.each(['ListSecrets', 'ListRoles', 'ListRolePolicies'])('%s', async (operation) => {
    await makeSecrets(strayName('lost'));
    await later(STRAY_AGE_MS + 1);
    makeDenies(taskRole(), staleDenyOf('lost'));
    stack.aws.intercept = refuse(operation);
    expect(await removeStrays()).toMatchObject({ errorMessage: 'refused by the test' });
    const left = [secretsLeft().length, policiesOf(taskRole()).length];
    expect(left).toEqual(operation === 'ListSecrets' ? [1, 0] : [0, 1]);
  });
});

test('the schedule removes strays every hour', async () => {
  await makeSecrets(strayName('lost'));
  await later(STRAY_AGE_MS + 1);
  await later(3_600_000 - (now() % 3_600_000) - 30_000);
  stack.aws.startSchedules();
  await later(60_000);
  stack.aws.stopSchedules();
  expect(secretsLeft()).toEqual([]);
});
