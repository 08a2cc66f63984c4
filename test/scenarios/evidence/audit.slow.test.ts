import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionCredentials } from '../../../core/work/work.ts';
import type { AuditResult } from 'taskbound-evidence/audit/result';
import { auditRecords, saidOf, trailAfter } from '../../evidence/audit/support.ts';
import type { LocalDatabase } from '../../../cli/local/local-database.ts';
import { deployMaintained, maintenance, migration, startDatabase } from '../logins/database.ts';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';
import { whenEntering } from './meddle.ts';
import { HOWS } from '../../fixtures/work/misbehaving.ts';
import { RAW_HOWS } from '../../fixtures/work/raw.ts';

async function audited(stack: Deployed, ran: Ran): Promise<AuditResult> {
  const trail = await trailAfter(stack, ran);
  return auditRecords(makeBundle(ran.row.boundaryId, ran.events), trail);
}

function expectEnforced(result: AuditResult): void {
  expect(result.verdict, saidOf(result)).toBe('enforced');
  expect(result.calls.undecided).toBe(0);
}

/** The actions outside its policy that each kind of misbehaving work tries. Calls with the function's own role are not included. */
const ATTEMPTS: Readonly<Record<string, readonly string[]>> = {
  'sibling-key': ['s3:GetObject'],
  listing: ['s3:ListBucket'],
  'other-bucket': ['s3:GetObject'],
  'assume-role': ['sts:AssumeRole'],
  'other-secret': ['secretsmanager:GetSecretValue'],
};

const TARGETS: Readonly<Record<string, string>> = {
  'sibling-key': 'sibling',
  'assume-role': 'arn:aws:iam::111122223333:role/Another',
  'other-secret': 'taskbound/Misbehaving/another',
};

describe('the audit reports no violation for any misbehaving work', () => {
  let stack: Deployed;
  beforeAll(async () => {
    stack = await deploy('misbehaving');
    stack.put('source', 'mine', Buffer.from('mine'));
    stack.put('source', 'sibling', Buffer.from('not mine'));
  });
  // Another caller uses the bucket, so that the trail contains its data events even if the work does not use it.
  beforeEach(async () => {
    const s3 = new S3Client(stack.aws.clientConfig());
    await s3.send(new GetObjectCommand({ Bucket: stack.output('source'), Key: 'mine' }));
  });
  const request = (how: string, target = 'none') => ({
    type: 'misbehaving',
    taskId: freshId(),
    reason: 'to be audited',
    parameters: { how, key: 'mine', target },
  });

  test.each(HOWS)('%s', async (how) => {
    const ran = await stack.run(request(how, TARGETS[how]));
    const result = await audited(stack, ran);
    expectEnforced(result);
    // Three refusals of the proof for each lease, in addition to the calls of the work.
    expect(result.calls.insideRefused).toBeGreaterThanOrEqual(3);
    const { calls } = result;
    const own = new Set(ran.row.leases.map(({ accessKeyId }) => accessKeyId));
    const made = stack.aws.trail.filter(({ userIdentity }) => own.has(String(userIdentity['accessKeyId'])));
    expect(Object.values(calls).reduce((sum, count) => sum + count)).toBe(made.length);
    expect(result.attempts.map(({ action }) => action)).toEqual(ATTEMPTS[how] ?? []);
  });

  test.each(RAW_HOWS)('%s, without the runtime', async (how) => {
    const ran = await stack.run({
      type: 'raw',
      taskId: freshId(),
      reason: 'to be audited',
      parameters: { how },
    });
    expectEnforced(await audited(stack, ran));
  });
});

const transfer = () => ({
  type: 'object-transfer',
  taskId: freshId('audited'),
  reason: 'to be audited',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

/** A stack with an earlier transfer, so that its trail contains data events of objects. */
async function used(): Promise<Deployed> {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('a'));
  await stack.run(transfer());
  return stack;
}

describe('the audit reports no violation for a task that ends', () => {
  test.each(['Admit', 'Issue receiptKey', 'IssueIdentity', 'RunWork', 'RevokeAndRecord', 'ProveRevoked'])(
    'because it is stopped in %s',
    async (state) => {
      const stack = await used();
      const forget = stack.aws.states.onEvent(({ executionArn, event }) => {
        if (event.stateEnteredEventDetails?.name !== state) return;
        forget();
        queueMicrotask(() => stack.aws.states.abort(executionArn));
      });
      const ran = await stack.run(transfer());
      expect(ran.report.phase).toBe('closed');
      expectEnforced(await audited(stack, ran));
    },
  );

  test('because its object is missing, which it counts as a refused call inside the policy', async () => {
    const stack = await used();
    const ran = await stack.run({ ...transfer(), parameters: { sourceKey: 'none', destinationKey: 'b' } });
    const result = await audited(stack, ran);
    expectEnforced(result);
    // The session policy allows the object. A missing object looks like a refusal to a caller who may not list.
    expect(result.calls.insideRefused).toBeGreaterThan(3);
  });

  test('after any lost answer', async () => {
    const verdicts: string[] = [];
    for (let lost = 1; lost <= 96; lost += 5) {
      const stack = await used();
      let calls = 0;
      stack.aws.intercept = () => ((calls += 1) === lost ? { loseAnswer: true } : 'proceed');
      const ran = await stack.run(transfer()).catch(() => undefined);
      stack.aws.intercept = undefined;
      // When the answer of submit is lost, the command line does not know the task.
      if (ran === undefined) continue;
      const result = await audited(stack, ran);
      expect(result.verdict, `call ${lost}: ${saidOf(result)}`).not.toBe('violated');
      verdicts.push(result.verdict);
    }
    expect(verdicts.length).toBeGreaterThan(12);
    expect(verdicts.filter((verdict) => verdict === 'enforced').length).toBeGreaterThan(12);
  });
});

describe('the audit of a task with a database login', () => {
  let database: LocalDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  }, 120_000);
  afterAll(() => database.server.stop());

  test('reports that approved maintenance was enforced', async () => {
    const { stack } = await deployMaintained(database);
    const ran = await stack.run(maintenance(stack, [migration('SELECT 1')]));
    expect(ran.report.phase).toBe('closed');
    expectEnforced(await audited(stack, ran));
  });
});

describe('the audit reports a real violation', () => {
  const rulesOf = ({ violations }: AuditResult) => violations.map(({ rule }) => rule);
  const root = (stack: Deployed) => new SecretsManagerClient(stack.aws.clientConfig());
  const read = (stack: Deployed, config: object, Key: string) =>
    new S3Client({ ...stack.aws.clientConfig(), ...config }).send(
      new GetObjectCommand({ Bucket: stack.output('source'), Key }),
    );
  /** Does something when the next execution starts its work, and makes the run wait for it. */
  async function runWith(
    stack: Deployed,
    act: (secrets: readonly string[]) => Promise<unknown>,
  ): Promise<Ran> {
    let acting: Promise<unknown> = Promise.resolve();
    whenEntering(stack, 'RunWork', () => {
      const release = stack.aws.clock.hold();
      const names = stack.aws.secrets.store.all().map(({ name }) => name);
      acting = act(names.filter((name) => name.startsWith('taskbound/'))).finally(release);
    });
    const ran = await stack.run(transfer());
    await acting;
    return ran;
  }

  test('when kept credentials are used after the deny was removed early', async () => {
    const stack = await used();
    const ran = await stack.run(transfer());
    const values = [...stack.secretValues].filter((value) => value.startsWith('{"accessKeyId"'));
    const kept = values
      .map((value) => sessionCredentials.parse(JSON.parse(value)))
      .find(({ accessKeyId }) => accessKeyId === ran.row.leases[0]?.accessKeyId);
    const { roleName: RoleName, policyName: PolicyName } = ran.row.deny ?? { roleName: '', policyName: '' };
    await new IAMClient(stack.aws.clientConfig()).send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await stack.aws.clock.sleep(10_000);
    const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = kept ?? {};
    await read(stack, { credentials: { accessKeyId, secretAccessKey, sessionToken } }, 'a');
    expect(rulesOf(await audited(stack, ran))).toEqual(['after-end-and-allowed', 'deny-lifted-early']);
  });

  test('when the task role has another session', async () => {
    const stack = await used();
    const ran = await stack.run(transfer());
    const { credentials } = stack.aws.sts.openSession(
      ran.row.taskRoleArn,
      ran.row.boundaryId,
      stack.aws.clock.nowMs(),
    );
    await read(stack, { credentials }, 'a');
    expect(rulesOf(await audited(stack, ran))).toEqual(['key-never-issued']);
  });

  test("when the account's owner opens and reads the task's secrets", async () => {
    const stack = await used();
    const open = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
      ],
    });
    const ran = await runWith(stack, async (names) => {
      for (const SecretId of names) {
        await root(stack).send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy: open }));
        await root(stack).send(new GetSecretValueCommand({ SecretId }));
      }
    });
    expect(ran.report.outcome).toBe('succeeded');
    expect(rulesOf(await audited(stack, ran))).toEqual([
      'second-reader',
      'jit-secret-foreign-reader',
      'secret-changed-by-other',
      'secret-policy-replaced',
    ]);
  });
});
