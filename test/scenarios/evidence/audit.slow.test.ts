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
import type { DemoDatabase } from '../../../cli/local/demo-database.ts';
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

/** What each way of misbehaving tries outside its policy. Its function's own role is not the task's session. */
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

describe('no false alarms: whatever the work does, IAM contains it, and the trail shows that', () => {
  let stack: Deployed;
  beforeAll(async () => {
    stack = await deploy('misbehaving');
    stack.put('source', 'mine', Buffer.from('mine'));
    stack.put('source', 'sibling', Buffer.from('not mine'));
  });
  // Somebody else's use of the bucket: work that never touches it would leave no sign that its data events are logged.
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
    // Three refusals of the proof for each lease, whatever the work did, and its own calls before.
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

/** A stack in which a transfer was made before: its trail shows that objects' data events are logged. */
async function used(): Promise<Deployed> {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('a'));
  await stack.run(transfer());
  return stack;
}

describe('no false alarms: however a task ends', () => {
  test.each(['Admit', 'Issue receiptKey', 'IssueIdentity', 'RunWork', 'RevokeAndRecord', 'ProveRevoked'])(
    'stopped in %s',
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

  test('an object that is not there: the attempt was inside, and refused', async () => {
    const stack = await used();
    const ran = await stack.run({ ...transfer(), parameters: { sourceKey: 'none', destinationKey: 'b' } });
    const result = await audited(stack, ran);
    expectEnforced(result);
    // The session policy allows the object; that it is missing looks like a refusal to whoever may not list.
    expect(result.calls.insideRefused).toBeGreaterThan(3);
  });

  test('whichever answer is lost, nobody is accused', async () => {
    const verdicts: string[] = [];
    for (let lost = 1; lost <= 96; lost += 5) {
      const stack = await used();
      let calls = 0;
      stack.aws.intercept = () => ((calls += 1) === lost ? { loseAnswer: true } : 'proceed');
      const ran = await stack.run(transfer()).catch(() => undefined);
      stack.aws.intercept = undefined;
      // When submit's own answer is lost the command line does not know of a task.
      if (ran === undefined) continue;
      const result = await audited(stack, ran);
      expect(result.verdict, `call ${lost}: ${saidOf(result)}`).not.toBe('violated');
      verdicts.push(result.verdict);
    }
    expect(verdicts.length).toBeGreaterThan(12);
    expect(verdicts.filter((verdict) => verdict === 'enforced').length).toBeGreaterThan(12);
  });
});

describe('a login on a database', () => {
  let database: DemoDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  }, 120_000);
  afterAll(() => database.server.stop());

  test('maintenance that two people approved is enforced', async () => {
    const { stack } = await deployMaintained(database);
    const ran = await stack.run(maintenance(stack, [migration('SELECT 1')]));
    expect(ran.report.phase).toBe('closed');
    expectEnforced(await audited(stack, ran));
  });
});

describe('really meddled with, not only written into the trail', () => {
  const rulesOf = ({ violations }: AuditResult) => violations.map(({ rule }) => rule);
  const root = (stack: Deployed) => new SecretsManagerClient(stack.aws.clientConfig());
  const read = (stack: Deployed, config: object, Key: string) =>
    new S3Client({ ...stack.aws.clientConfig(), ...config }).send(
      new GetObjectCommand({ Bucket: stack.output('source'), Key }),
    );
  /** Does something when the next execution begins its work, and has the run wait for it. */
  async function meddling(
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

  test('kept credentials, used after the deny was lifted early', async () => {
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

  test('a session of the task role that nobody asked for', async () => {
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

  test("the account's owner opens the task's secrets and reads them", async () => {
    const stack = await used();
    const open = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
      ],
    });
    const ran = await meddling(stack, async (names) => {
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
