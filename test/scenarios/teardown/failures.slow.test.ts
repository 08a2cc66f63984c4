import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { chainFault, type ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { EvidenceLog } from '../../../lambdas/control/evidence/evidence-log.ts';
import { AwsError } from 'taskbound-local/gateway/service';
import type { Template } from 'taskbound-local/template/template';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';
import {
  call,
  dataOf,
  eventsOf,
  forbid,
  intercept,
  submitWithoutStarting,
  post,
  resourceOf,
  rowOf,
  sessionsOf,
  typesOf,
  whenEntering,
  type ControlName,
  type Request,
} from '../evidence/meddle.ts';

const MINUTE_MS = 60_000;
/** The tail's longest wait between two attempts, plus time for the attempt. */
const SOON_MS = 25_000;

let sample: Deployed;
beforeAll(async () => {
  sample = await deploy('sample');
  sample.put('source', 'a', Buffer.from('content'));
});

const transfer = (): Request => ({
  type: 'object-transfer',
  taskId: freshId('fail'),
  reason: 'to see it close all the same',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

const summary = ({ code, report }: Ran) => [code, report.outcome, report.phase, report.proof];
const errorName = ({ report }: Ran) => report.error?.split(':')[0];
const deadlineOf = (row: LedgerRow): number => row.leases[0]?.deadlineMs ?? NaN;

/** One lease in the proof. */
interface Proven {
  readonly proof: string;
  readonly accessKeyId: string | null;
  readonly refusals: readonly { readonly message: string }[];
}
const provenOf = (events: readonly ChainedEvent[]): Proven[] =>
  dataOf(events, 'revocation.proven')?.['leases'] as unknown as Proven[];

const attemptsOf = (ran: Ran, state: string): number => {
  const entered = ran.history.findIndex((event) => event.stateEnteredEventDetails?.name === state);
  const exited = ran.history.findIndex((event) => event.stateExitedEventDetails?.name === state);
  return ran.history
    .slice(entered, exited < 0 ? undefined : exited)
    .filter((event) => event.type === 'TaskScheduled').length;
};

/** Denies the actions for the rest of the test, or for the given number of minutes. */
async function forbidFor(name: ControlName, actions: readonly string[], minutes?: number): Promise<void> {
  const allow = await forbid(sample, name, actions);
  if (minutes === undefined) {
    onTestFinished(async () => {
      allow();
      await sample.aws.clock.sleep(5000);
    });
  } else sample.aws.clock.setTimer(minutes * MINUTE_MS, allow);
}

/** The row of a task after some time, while the task continues. */
const rowAfter = async (minutes: number, request: Request): Promise<LedgerRow> => {
  await sample.aws.clock.sleep(minutes * MINUTE_MS);
  return rowOf(sample, `${request.type}.${request.taskId}`);
};

describe('a boundary without its deny closes after the deadline', () => {
  function expectClosedByDeadline(ran: Ran, error: RegExp): void {
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    const { row, events } = ran;
    expect(dataOf(events, 'boundary.revoked')).toMatchObject({
      deny: { effective: false, error: expect.stringMatching(error) },
    });
    expect(row.closedAtMs).toBeGreaterThanOrEqual(deadlineOf(row));
    expect(row.closedAtMs).toBeLessThan(deadlineOf(row) + SOON_MS);
    for (const { message } of provenOf(events)[0]?.refusals ?? [])
      expect(message).toContain('with an explicit deny in a session policy');
    expect(provenOf(events)[0]?.refusals).toHaveLength(3);
    expect(attemptsOf(ran, 'ProveRevoked')).toBeGreaterThan(3);
  }

  test('when the role has no room for another policy', async () => {
    const { iam, clock } = sample.aws;
    const role = resourceOf(sample, 'AWS::IAM::Role', 'ObjectTransferTaskRole').physicalId;
    const Resource = `arn:aws:s3:::${'x'.repeat(10_100)}`;
    const filler = {
      Version: '2012-10-17' as const,
      Statement: [{ Effect: 'Deny' as const, Action: 's3:GetObject', Resource }],
    };
    iam.putInline(role, 'filler', filler, clock.nowMs());
    onTestFinished(() => iam.deleteInline(role, 'filler', clock.nowMs()));
    expectClosedByDeadline(await sample.run(transfer()), /LimitExceeded.*Maximum policy size of 10240/);
  });

  test('when IAM refuses it', async () => {
    await forbidFor('RevokeAndRecord', ['iam:PutRolePolicy']);
    expectClosedByDeadline(await sample.run(transfer()), /AccessDenied.*iam:PutRolePolicy/);
  });
});

describe('a boundary whose IssueIdentity did not finish', () => {
  test.each([
    ['before the session was created', 'sts:AssumeRole', /sts:AssumeRole/, 0],
    ['with a session that no caller can present', 'secretsmanager:PutSecretValue', /PutSecretValue/, 1],
  ])(
    'waits for the deadline and is proven as `expired` when it stopped %s',
    async (_when, action, error, sessions) => {
      await forbidFor('IssueIdentity', [action]);
      const ran = await sample.run(transfer());
      const { row, events, report } = ran;
      expect(summary(ran)).toEqual([1, 'failed', 'closed', 'expired']);
      expect(report.error).toMatch(error);
      expect(row.leases).toMatchObject([{ state: 'intended' }]);
      expect(sessionsOf(sample, row.boundaryId)).toHaveLength(sessions);
      expect(row.proof?.provenAtMs).toBeGreaterThan(deadlineOf(row));
      expect(row.closedAtMs).toBeLessThan(deadlineOf(row) + MINUTE_MS);
      const issued = dataOf(events, 'identity.issued:1')?.['accessKeyId'];
      expect(issued === undefined).toBe(sessions === 0);
      expect(provenOf(events)).toMatchObject([
        { proof: 'expired', accessKeyId: issued ?? null, refusals: [] },
      ]);
      expect(typesOf(events).at(-1)).toBe('boundary.closed');
    },
  );

  test('fails with CanaryFailed and returns no session that the canary does not accept', async () => {
    const withoutCanary = (template: Template): Template => {
      const copy = structuredClone(template);
      for (const { Type, Properties } of Object.values(copy.Resources)) {
        const document = Properties['PolicyDocument'] as { Statement: { Sid?: string }[] };
        if (Type === 'AWS::IAM::ManagedPolicy')
          document.Statement = document.Statement.filter(({ Sid }) => Sid !== 'TaskboundCanary');
      }
      return copy;
    };
    const stack = await deploy('sample', { transform: withoutCanary });
    const ran = await stack.run(transfer());
    expect([...summary(ran), errorName(ran)]).toEqual([1, 'failed', 'closed', 'expired', 'CanaryFailed']);
    expect(typesOf(ran.events)).not.toContain('identity.issued');
    expect(ran.row.leases).toMatchObject([{ state: 'intended' }]);
    const values = [...stack.secretValues].filter((value) => value.includes('accessKeyId'));
    expect(values).toEqual([]);
  });
});

test('IdentityUncertain: a session whose credentials were lost is waited for, and the task gets another one', async () => {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('a'));
  let lost = 0;
  stack.aws.intercept = ({ operation, caller }) =>
    operation === 'AssumeRole' && caller.arn.includes('IssueIdentity') && (lost += 1) === 1
      ? { loseAnswer: true }
      : 'proceed';
  const ran = await stack.run({ ...transfer(), parameters: { sourceKey: 'a', destinationKey: 'a' } });
  expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'expired']);
  expect(sessionsOf(stack, ran.row.boundaryId)).toHaveLength(2);
  expect(ran.row.leases).toMatchObject([{ state: 'intended' }, { state: 'issued' }]);
  expect(provenOf(ran.events)).toMatchObject([
    { lease: 1, proof: 'expired', accessKeyId: null },
    { lease: 2, proof: 'refused' },
  ]);
  expect(ran.row.proof?.provenAtMs).toBeGreaterThan(ran.row.leases[0]?.deadlineMs ?? Infinity);
});

test('HalfIssued: the value of an unfinished attempt is not used, and is destroyed', async () => {
  const request = transfer();
  const parked = await submitWithoutStarting(sample, request);
  const name = parked.secrets[0]?.secretName ?? '';
  const secrets = new SecretsManagerClient({ ...sample.connection.config });
  await secrets.send(new CreateSecretCommand({ Name: name }));
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: name,
      ClientRequestToken: sha256Hex(name),
      SecretString: 'half issued',
    }),
  );
  const ran = await sample.run(request);
  expect([...summary(ran), errorName(ran)]).toEqual([1, 'failed', 'closed', 'nothing-issued', 'HalfIssued']);
  expect(typesOf(ran.events)).not.toContain('secret.issued');
  expect(ran.row.secrets).toMatchObject([{ state: 'revoked' }]);
  expect(sample.aws.secrets.store.find(name, sample.aws.clock.nowMs())).toBeUndefined();
});

/** The tail still retries for more than an hour, but with longer waits, so that the test has fewer attempts. */
function withFewerRetries(template: Template): Template {
  const text = JSON.stringify(template)
    .replace(/(MaxDelaySeconds\\":)(20|30)\b/g, '$11200')
    .replace(/(MaxAttempts\\":)\d{3}\b/g, '$120');
  return JSON.parse(text) as Template;
}

describe('a JIT secret that cannot be destroyed', () => {
  test('for a while is recorded as unrevoked while the session is denied, and the boundary closes later', async () => {
    await forbidFor('RevokeAndRecord', ['secretsmanager:DeleteSecret'], 3);
    const request = transfer();
    const running = sample.run(request);
    const meanwhile = await rowAfter(2, request);
    expect(meanwhile).toMatchObject({
      phase: 'revoking',
      deny: { effective: true },
      secrets: [{ state: 'unrevoked', error: expect.stringMatching(/AccessDenied.*DeleteSecret/) }],
    });
    expect(meanwhile.outcome).toBeUndefined();
    const before = typesOf(await eventsOf(sample, meanwhile.boundaryId));
    expect(before.at(-1)).toBe('work.finished');
    const ran = await running;
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    expect(ran.row.secrets).toMatchObject([{ state: 'revoked' }]);
    expect(ran.row.closedAtMs).toBeGreaterThan((ran.row.revokingAtMs ?? 0) + 2 * MINUTE_MS);
    expect(typesOf(ran.events).filter((type) => type === 'work.finished')).toHaveLength(1);
    expect(attemptsOf(ran, 'RevokeAndRecord')).toBeGreaterThan(5);
  });

  test('permanently leads to exit code 3 and BoundaryUnproven with its name, and the boundary is not reported as closed', async () => {
    const stack = await deploy('sample', { transform: withFewerRetries });
    // The clock stops here, because this boundary is torn down repeatedly.
    onTestFinished(() => void stack.aws.clock.hold());
    stack.put('source', 'a', Buffer.from('content'));
    await forbid(stack, 'RevokeAndRecord', ['secretsmanager:DeleteSecret']);
    const request = transfer();
    await post(stack, JSON.stringify(request));
    await stack.aws.clock.sleep(120 * MINUTE_MS);
    const ran = await stack.run(request);
    expect(summary(ran)).toEqual([3, null, 'revoking', null]);
    const { status, error, cause, startDate, stopDate } = await stack.execution(ran.row.executionArn);
    expect([status, error]).toEqual(['FAILED', 'BoundaryUnproven']);
    expect(cause).toMatch(/SecretUnrevoked in RevokeAndRecord: .*receiptKey \(AccessDenied/);
    expect(Number(stopDate) - Number(startDate)).toBeGreaterThan(60 * MINUTE_MS);
    expect(ran.row.secrets).toMatchObject([{ state: 'unrevoked' }]);
    expect(typesOf(ran.events).at(-1)).toBe('work.finished');
  });

  test('and that can be read again after it was destroyed prevents the proof until it is gone', async () => {
    const { store } = sample.aws.secrets;
    const request = transfer();
    whenEntering(sample, 'RunWork', () => {
      const [secret] = store
        .all()
        .filter(({ name }) => name.includes(request.taskId) && !name.endsWith('/session'));
      if (secret === undefined) throw new Error('There is no secret yet.');
      whenEntering(sample, 'ProveRevoked', () => store.add(secret));
      sample.aws.clock.setTimer(1.5 * MINUTE_MS, () => store.remove(secret.name));
    });
    const running = sample.run(request);
    expect(await rowAfter(1, request)).toMatchObject({ phase: 'revoked' });
    const ran = await running;
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    expect(ran.row.proof?.provenAtMs).toBeGreaterThan((ran.row.revokingAtMs ?? 0) + MINUTE_MS);
  });
});

describe('a policy change in IAM', () => {
  test('without delay lets the boundary close within seconds', async () => {
    const stack = await deploy('sample', { policyDelayMs: 0 });
    stack.put('source', 'a', Buffer.from('content'));
    const ran = await stack.run(transfer());
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    expect((ran.row.closedAtMs ?? 0) - (ran.row.revokingAtMs ?? 0)).toBeLessThan(5000);
    expect(attemptsOf(ran, 'ProveRevoked')).toBe(1);
  });

  test('with a delay of ten minutes lets a lease of two minutes end by its deadline', async () => {
    const stack = await deploy('sample', { policyDelayMs: 10 * MINUTE_MS });
    stack.put('source', 'a', Buffer.from('content'));
    const ran = await stack.run(transfer());
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    expect(dataOf(ran.events, 'boundary.revoked')).toMatchObject({ deny: { effective: true } });
    expect(ran.row.closedAtMs).toBeGreaterThanOrEqual(deadlineOf(ran.row));
    expect(ran.row.closedAtMs).toBeLessThan(deadlineOf(ran.row) + SOON_MS);
    for (const { message } of provenOf(ran.events)[0]?.refusals ?? [])
      expect(message).toContain('explicit deny in a session policy');
  });
});

describe('a task, when the tables are not available for a while', () => {
  const tail: readonly ControlName[] = ['RevokeAndRecord', 'ProveRevoked', 'CloseBoundary'];
  const records = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
  test.each(tail)('to %s, continues when they are available again', async (name) => {
    await forbidFor(name, records, 3);
    const ran = await sample.run(transfer());
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    expect(attemptsOf(ran, name)).toBeGreaterThan(5);
    expect(ran.row.closedAtMs).toBeGreaterThan((ran.row.requestedAtMs ?? 0) + 2 * MINUTE_MS);
    expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
  });

  test('does no step twice when the first answer to every write is lost', async () => {
    const calm = await sample.run(transfer());
    const seen = new Set<string>();
    onTestFinished(
      intercept(sample.aws.dynamodb, async (request, _call, next) => {
        const answer = await next();
        const body = Buffer.from(request.body).toString('utf8');
        if (!request.headers['x-amz-target']?.endsWith('PutItem') || seen.has(body)) return answer;
        seen.add(body);
        throw new AwsError('InternalServerError', 'The answer is lost.', 500);
      }),
    );
    const ran = await sample.run(transfer());
    expect(seen.size).toBeGreaterThan(15);
    expect(summary(ran)).toEqual(summary(calm));
    expect(typesOf(ran.events)).toEqual(typesOf(calm.events));
    expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
    expect(ran.row.leases).toHaveLength(1);
    expect(ran.row.secrets).toMatchObject([{ attempts: 1 }]);
    expect(sessionsOf(sample, ran.row.boundaryId)).toHaveLength(1);
  });
});

type Step = readonly [name: ControlName, more?: Readonly<Record<string, unknown>>];
const RETURNED = { ended: { status: 'returned', payload: { done: true, result: null } } };
const ADMIT: Step = ['Admit'];
const SECRET: Step = ['IssueSecret', { secret: 'receiptKey' }];
const IDENTITY: Step = ['IssueIdentity'];
const REVOKE: Step = ['RevokeAndRecord', RETURNED];
const PROVE: Step = ['ProveRevoked'];
const CLOSE: Step = ['CloseBoundary'];

/** Calls the steps in the given order and returns each answer. */
async function steps(row: LedgerRow, ...taken: readonly Step[]): Promise<string[]> {
  const names: string[] = [];
  for (const [name, more] of taken) {
    if (name === 'ProveRevoked') await sample.aws.clock.sleep(5000); // until the deny is effective
    names.push((await call(sample, name, row, more)).name);
  }
  return names;
}
const oks = (count: number) => Array.from({ length: count }, () => 'ok');

/** Everything that a call could have changed. */
const everything = async ({ boundaryId }: LedgerRow) => ({
  row: await rowOf(sample, boundaryId),
  events: await eventsOf(sample, boundaryId),
  secrets: sample.aws.secrets.store
    .all()
    .filter(({ name }) => name.includes(`/${boundaryId}/`))
    .map(({ name, versions }) => [name, [...versions.keys()]]),
  sessions: sessionsOf(sample, boundaryId).length,
});

describe('functions that are called out of order', () => {
  test('have the same end and the same evidence when each is called twice', async () => {
    const once = await submitWithoutStarting(sample, transfer());
    expect(await steps(once, ADMIT, SECRET, IDENTITY, REVOKE, PROVE, CLOSE)).toEqual(oks(6));
    const twice = await submitWithoutStarting(sample, transfer());
    const answers = await steps(
      twice,
      ...[ADMIT, ADMIT, SECRET, SECRET, IDENTITY, IDENTITY],
      ...[REVOKE, REVOKE, PROVE, PROVE, CLOSE, CLOSE],
    );
    expect(answers).toEqual(oks(12));
    const [a, b] = [await everything(once), await everything(twice)];
    expect(typesOf(b.events)).toEqual(typesOf(a.events));
    expect([b.row.phase, b.row.outcome, b.row.proof?.kind]).toEqual(['closed', 'succeeded', 'refused']);
    expect([b.secrets, b.sessions, b.row.leases.length]).toEqual([[], 1, 1]);
    expect(chainFault(twice.boundaryId, b.events)).toBeUndefined();
  });

  test('change nothing when the first ones are called again while the boundary is open', async () => {
    const row = await submitWithoutStarting(sample, transfer());
    await steps(row, ADMIT, SECRET, IDENTITY);
    const before = await everything(row);
    expect(await steps(row, ADMIT, SECRET, IDENTITY, PROVE, CLOSE)).toEqual([
      'PhasePassed',
      'ok',
      'ok',
      'NotProven',
      'NotProven',
    ]);
    expect(await everything(row)).toEqual(before);
    expect(await steps(row, REVOKE, PROVE, CLOSE)).toEqual(oks(3));
    expect((await everything(row)).row).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
  });

  test('change nothing when they are called too early', async () => {
    const row = await submitWithoutStarting(sample, transfer());
    const before = await everything(row);
    expect(await steps(row, SECRET, IDENTITY, PROVE, CLOSE)).toEqual([
      'PhasePassed',
      'PhasePassed',
      'NotProven',
      'NotProven',
    ]);
    expect(await everything(row)).toEqual(before);
  });

  test('issue nothing after the revocation, and return the same answers', async () => {
    const row = await submitWithoutStarting(sample, transfer());
    await steps(row, ADMIT, REVOKE);
    const revoked = await everything(row);
    expect(await steps(row, ADMIT, SECRET, IDENTITY, CLOSE, REVOKE)).toEqual([
      'PhasePassed',
      'PhasePassed',
      'PhasePassed',
      'NotProven',
      'ok',
    ]);
    expect(await everything(row)).toEqual(revoked);
    expect(await steps(row, PROVE, CLOSE)).toEqual(oks(2));
    expect((await everything(row)).row).toMatchObject({ phase: 'closed', proof: { kind: 'nothing-issued' } });
  });

  test('return the same answers after the end, without a new event or revision', async () => {
    const { row } = await sample.run(transfer());
    const before = await everything(row);
    const failed: Step = [
      'RevokeAndRecord',
      { ended: { status: 'failed', state: 'RunWork', error: 'Late' } },
    ];
    expect(await steps(row, ADMIT, SECRET, IDENTITY, failed, REVOKE, PROVE, CLOSE)).toEqual([
      'PhasePassed',
      'PhasePassed',
      'PhasePassed',
      ...oks(4),
    ]);
    expect(await call(sample, 'CloseBoundary', row)).toMatchObject({
      payload: { outcome: 'succeeded', phase: 'closed', proof: 'refused' },
    });
    expect(await everything(row)).toEqual(before);
  });

  test('throw NotTheOwner for another execution in every phase', async () => {
    const row = await submitWithoutStarting(sample, transfer());
    const stranger = { boundaryId: row.boundaryId, executionArn: `${row.executionArn}2` };
    for (const step of [undefined, ADMIT, REVOKE]) {
      if (step !== undefined) await steps(row, step);
      const before = await everything(row);
      for (const [name, more] of [ADMIT, SECRET, IDENTITY, REVOKE, PROVE, CLOSE])
        expect((await call(sample, name, stranger, more)).name).toBe('NotTheOwner');
      expect(await everything(row)).toEqual(before);
    }
  });

  test('refuse an event after boundary.closed', async () => {
    const { row, events } = await sample.run(transfer());
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...sample.connection.config }));
    const log = new EvidenceLog(documents, sample.connection.manifest.evidenceTable, sample.aws.clock);
    const late = {
      id: 'task.rejected:late',
      type: 'task.rejected' as const,
      actor: 'late',
      data: { because: 'too late' },
    };
    await expect(log.append(row.boundaryId, late)).rejects.toMatchObject({ name: 'ChainClosed' });
    expect(await eventsOf(sample, row.boundaryId)).toEqual(events);
  });
});

/** The given number of nested lists. */
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('no output of a worker can stop the teardown', () => {
  const returned = (result: string) =>
    `{"status":"returned","payload":{"done":true,"result":${result},"tools":{"uses":[],"count":0,"digest":"d"}}}`;
  const failed = (error: string, cause: string) =>
    JSON.stringify({ status: 'failed', state: 'RunWork', error, cause });

  test.each([
    ['half of a character', returned('"\\ud83d"'), 'WorkContractViolation'],
    ['half of a character in a key', returned('{"\\ud83d":1}'), 'WorkContractViolation'],
    [
      'half of a character in its report of tools',
      returned('1').replace('"d"', '"\\ude00"'),
      'WorkContractViolation',
    ],
    ['a number that loses its last digits', returned('9007199254740993'), 'WorkContractViolation'],
    ['a huge number', returned('1e300'), 'WorkContractViolation'],
    ['a tiny number', returned('5e-324'), 'WorkContractViolation'],
    ['40 levels', returned(nested(40)), 'WorkContractViolation'],
    ['2,500 levels', returned(nested(2_500)), 'WorkContractViolation'],
    ['an empty key', returned('{"":1}'), 'WorkContractViolation'],
    ['__proto__', returned('{"__proto__":{"a":1}}'), 'WorkContractViolation'],
    ['20 levels', returned(nested(20)), undefined],
    [
      'every kind of value',
      returned('[null,true,-0.5,1e-7,9007199254740991,"\\ud83d\\ude00\\u0000",{"a":{}},""]'),
      undefined,
    ],
    ['an error with half of a character', failed('Half\ud83d', 'half \ud83d'), 'Half\ufffd'],
    ['an error cut inside a character', failed('Cut', `${'x'.repeat(999)}\u{1F600}`), 'Cut'],
    ['an error that is not JSON', failed('Odd', '{"errorMessage":"\\q"}'), 'Odd'],
    ['an error without a name and a message', failed('', ''), ''],
  ])('%s', async (_what, ended, error) => {
    const row = await submitWithoutStarting(sample, transfer());
    await steps(row, ADMIT, SECRET, IDENTITY);
    const answer = await call(sample, 'RevokeAndRecord', row, { ended: JSON.parse(ended) });
    expect(answer).toMatchObject({ name: 'ok', message: '' });
    expect(await steps(row, PROVE, CLOSE)).toEqual(oks(2));
    const after = await everything(row);
    expect(chainFault(row.boundaryId, after.events)).toBeUndefined();
    expect(after.row).toMatchObject({
      phase: 'closed',
      proof: { kind: 'refused' },
      deny: { effective: true },
    });
    expect(after.secrets).toEqual([]);
    expect(after.row.work).toMatchObject(
      error === undefined
        ? {
            status: 'succeeded',
            result: (JSON.parse(ended) as { payload: { result: unknown } }).payload.result,
          }
        : { status: 'failed', error },
    );
  });
});
