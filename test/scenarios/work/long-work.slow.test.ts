import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import type { Template } from 'taskbound-local/template/template';
import type { InterceptedCall, Verdict } from 'taskbound-local/gateway/intercept';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';
import { dataOf, deployTypeChange, sessionsOf, typesOf, type Request } from '../evidence/meddle.ts';

/** The duration of one part in S3. Two parts fit into one run of a minute. */
const PART_MS = 25_000;
/** Five parts of eight bytes, which need three runs. */
const CONTENT = Buffer.from('0123456789abcdefghijABCDEFGHIJklmnopqrst');

/** The sample with a work function that copies small objects in parts, one after the other. */
function withSmallParts(template: Template): Template {
  const copy = structuredClone(template);
  for (const { Type, Properties } of Object.values(copy.Resources)) {
    const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
    if (Type === 'AWS::Lambda::Function' && Variables && 'SOURCE_BUCKET' in Variables)
      Object.assign(Variables, { SINGLE_COPY_LIMIT_BYTES: '10', PART_BYTES: '8', PARALLEL_PARTS: '1' });
  }
  return copy;
}

let sample: Deployed;
beforeAll(async () => {
  sample = await deploy('sample', { transform: withSmallParts });
  // S3 requires parts of 5 MiB. The parts of this test are smaller.
  Object.assign(sample.aws.s3.store.limits, { partBytes: 1 });
});

const transfer = (): Request => {
  const key = freshId('large');
  sample.put('source', key, CONTENT);
  return {
    type: 'object-transfer',
    taskId: freshId('long'),
    reason: 'to see it take several runs',
    parameters: { sourceKey: key, destinationKey: key },
  };
};

const isPart = ({ service, operation, request }: InterceptedCall): boolean =>
  service === 's3' && operation.startsWith('PUT') && request.path.includes('partNumber=');

/** Delays parts until the end of the test. `also` decides about other calls. */
function slowParts(also: (call: InterceptedCall) => Verdict = () => 'proceed', stack = sample): void {
  stack.aws.intercept = (call) => {
    const verdict = also(call);
    return verdict === 'proceed' && isPart(call) ? { delayMs: PART_MS } : verdict;
  };
  onTestFinished(() => void (stack.aws.intercept = undefined));
}

/** Calls `then` when an execution enters a state for the nth time. */
function whenEnteringAgain(state: string, times: number, then: (executionArn: string) => void): void {
  let entered = 0;
  const stop = sample.aws.states.onEvent(({ event, executionArn }) => {
    if (event.stateEnteredEventDetails?.name !== state || (entered += 1) < times) return;
    stop();
    then(executionArn);
  });
  onTestFinished(stop);
}

const summary = ({ code, report }: Ran) => [code, report.outcome, report.phase, report.proof];
const numbersOf = ({ row }: Ran) => row.leases.map(({ number, after, state }) => [number, after, state]);
const statesOf = ({ history }: Ran) => history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);

interface Proven {
  readonly lease: number;
  readonly proof: string;
  readonly refusals: readonly { readonly at: string }[];
}
const provenOf = ({ events }: Ran): Proven[] =>
  dataOf(events, 'revocation.proven')?.['leases'] as unknown as Proven[];

/** The successful calls of a task's sessions, by name. */
const callsOf = (ran: Ran, eventName: string) =>
  sample.aws.trail.filter(
    (record) =>
      record.eventName === eventName &&
      record.errorCode === undefined &&
      ran.row.leases.some((lease) => lease.accessKeyId === record.userIdentity['accessKeyId']),
  );

const copyOf = ({ row }: Ran) =>
  sample.aws.s3.get(sample.output('destination'), String(row.parameters['destinationKey']));
const uploadsLeft = (stack = sample) => stack.aws.s3.store.bucket(stack.output('destination')).uploads.size;

function expectSound(ran: Ran): void {
  expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
  expect(ran.events.at(-1)?.type).toBe('boundary.closed');
  expect(sample.aws.secrets.store.all().filter(({ name }) => name.includes(ran.row.taskId))).toEqual([]);
}

describe('an object that needs several runs', () => {
  test('takes three runs with one lease each in the evidence, and is copied byte for byte', async () => {
    slowParts();
    const ran = await sample.run(transfer());
    expect([...summary(ran), ran.report.error]).toEqual([0, 'succeeded', 'closed', 'refused', null]);
    expectSound(ran);
    expect(copyOf(ran)?.equals(CONTENT)).toBe(true);
    expect(numbersOf(ran)).toEqual([
      [1, undefined, 'issued'],
      [2, 1, 'issued'],
      [3, 2, 'issued'],
    ]);
    expect(ran.events.map(({ id }) => id.replace(/^secret\.\w+:.*|true$/, '…'))).toEqual([
      'task.requested',
      'task.admitted',
      '…',
      'identity.issued:1',
      'work.finished:1',
      'identity.issued:2',
      'work.finished:2',
      'identity.issued:3',
      'work.finished',
      '…',
      'boundary.revoked:…',
      'revocation.proven',
      'boundary.closed',
    ]);
    const round = ['IssueIdentity', 'RunWork', 'MoreToDo'];
    expect(statesOf(ran).slice(2, 11)).toEqual([...round, ...round, ...round]);
    expect(sessionsOf(sample, ran.row.boundaryId)).toHaveLength(3);
    const deadlines = ran.row.leases.map(({ deadlineMs }) => deadlineMs);
    expect(new Set(deadlines).size).toBe(3);
    expect(Math.max(...deadlines)).toBeLessThanOrEqual(ran.row.taskDeadlineMs ?? 0);
    expect(ran.row.deny?.deadlineMs).toBe(Math.max(...deadlines));
  });

  test('is one upload with each part copied once and completed once, and each run reports its calls', async () => {
    slowParts();
    const ran = await sample.run(transfer());
    expect(callsOf(ran, 'CreateMultipartUpload')).toHaveLength(1);
    expect(
      callsOf(ran, 'UploadPartCopy').map(({ requestParameters }) => requestParameters?.['partNumber']),
    ).toEqual(['1', '2', '3', '4', '5']);
    expect(callsOf(ran, 'CompleteMultipartUpload')).toHaveLength(1);
    expect(callsOf(ran, 'AbortMultipartUpload')).toEqual([]);
    expect(uploadsLeft()).toBe(0);
    const actions = (id: string) => {
      const { uses } = (dataOf(ran.events, id)?.['tools'] ?? { uses: [] }) as { uses: { action: string }[] };
      return uses.map(({ action }) => action);
    };
    expect(dataOf(ran.events, 'work.finished:1')).toMatchObject({
      status: 'handed-on',
      lease: 1,
      checkpointDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(actions('work.finished:1')).not.toContain('s3:ListMultipartUploadParts');
    expect(actions('work.finished:2')).toContain('s3:ListMultipartUploadParts');
    const last = ran.events.find(({ id }) => id === 'work.finished');
    expect(last?.data).toMatchObject({ status: 'succeeded', result: { bytes: CONTENT.length } });
  });

  test('is proven by probing all three sessions in rounds, which takes no longer than for one session', async () => {
    slowParts();
    const ran = await sample.run(transfer());
    const proven = provenOf(ran);
    expect(proven.map(({ lease, proof }) => [lease, proof])).toEqual([
      [1, 'refused'],
      [2, 'refused'],
      [3, 'refused'],
    ]);
    const times = proven.flatMap(({ refusals }) => refusals.map(({ at }) => Date.parse(at)));
    expect(times).toHaveLength(9);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(3000);
  });
});

describe('a fault in a later run', () => {
  const refused = { refuse: { name: 'AccessDenied', message: 'refused by the scenario', status: 403 } };

  test('aborts the upload and closes the boundary with both leases proven when the work fails', async () => {
    let parts = 0;
    slowParts((call) => (isPart(call) && (parts += 1) === 3 ? refused : 'proceed'));
    const ran = await sample.run(transfer());
    expect(summary(ran)).toEqual([1, 'failed', 'closed', 'refused']);
    expect(ran.report.error).toMatch(/^AccessDenied: refused by the scenario/);
    expectSound(ran);
    expect(provenOf(ran).map(({ lease }) => lease)).toEqual([1, 2]);
    expect([callsOf(ran, 'AbortMultipartUpload').length, uploadsLeft()]).toEqual([1, 0]);
    expect(copyOf(ran)).toBeUndefined();
  });

  test('is closed by Teardown with both leases proven after a stop, and the lifecycle rule removes the upload', async () => {
    slowParts();
    whenEnteringAgain('RunWork', 2, (arn) => queueMicrotask(() => sample.aws.states.abort(arn)));
    const ran = await sample.run(transfer());
    expect([...summary(ran), ran.report.executionStatus]).toEqual([
      1,
      'failed',
      'closed',
      'refused',
      'ABORTED',
    ]);
    expectSound(ran);
    expect(ran.row.teardown?.attempt).toBe(1);
    expect(provenOf(ran).map(({ proof }) => proof)).toEqual(['refused', 'refused']);
    expect(typesOf(ran.events).filter((type) => type === 'identity.issued')).toHaveLength(2);
    expect(uploadsLeft()).toBe(1);
    sample.aws.s3.store.bucket(sample.output('destination')).uploads.clear();
  });

  test('fails with SourceChanged and leaves no copy when the source changed between two runs', async () => {
    slowParts();
    const request = transfer();
    whenEnteringAgain('MoreToDo', 1, () =>
      sample.put('source', String(request.parameters['sourceKey']), Buffer.from(CONTENT).reverse()),
    );
    const ran = await sample.run(request);
    expect(summary(ran)).toEqual([1, 'failed', 'closed', 'refused']);
    expect(ran.report.error).toMatch(/^SourceChanged: /);
    expectSound(ran);
    expect([copyOf(ran), uploadsLeft()]).toEqual([undefined, 0]);
  });

  test('rejects the task without a second lease when the type changed between two runs, and records the first run', async () => {
    slowParts();
    whenEnteringAgain('MoreToDo', 1, () =>
      onTestFinished(
        deployTypeChange(sample, 'object-transfer', (old) => ({
          ...old,
          workVersionArn: `${old.workVersionArn}0`,
        })),
      ),
    );
    const ran = await sample.run(transfer());
    expect(summary(ran)).toEqual([1, 'failed', 'closed', 'refused']);
    expect(ran.report.error).toMatch(/^TaskRejected: .*issue-identity: its grant digest/);
    expectSound(ran);
    expect(numbersOf(ran)).toEqual([[1, undefined, 'issued']]);
    expect(dataOf(ran.events, 'work.finished:1')).toMatchObject({ status: 'handed-on' });
    expect(typesOf(ran.events)).toContain('task.rejected');
    sample.aws.s3.store.bucket(sample.output('destination')).uploads.clear();
  });

  test('returns the same lease after a lost answer of IssueIdentity', async () => {
    let issues = 0;
    slowParts(({ operation, request }) =>
      operation === 'Invoke' && request.path.includes('IssueIdentity') && (issues += 1) === 2
        ? { loseAnswer: true }
        : 'proceed',
    );
    const ran = await sample.run(transfer());
    expect(summary(ran)).toEqual([0, 'succeeded', 'closed', 'refused']);
    expectSound(ran);
    expect(issues).toBe(4);
    expect(numbersOf(ran)).toEqual([
      [1, undefined, 'issued'],
      [2, 1, 'issued'],
      [3, 2, 'issued'],
    ]);
    expect(sessionsOf(sample, ran.row.boundaryId)).toHaveLength(3);
  });

  test('recognizes the copy, which is completed once and has a receipt, after a lost answer to the completion', async () => {
    let completions = 0;
    slowParts(({ service, operation, request }) =>
      service === 's3' &&
      operation.startsWith('POST') &&
      request.path.includes('uploadId=') &&
      (completions += 1) === 1
        ? { loseAnswer: true }
        : 'proceed',
    );
    const ran = await sample.run(transfer());
    expect([...summary(ran), ran.report.error]).toEqual([0, 'succeeded', 'closed', 'refused', null]);
    expect(copyOf(ran)?.equals(CONTENT)).toBe(true);
    expect(callsOf(ran, 'CompleteMultipartUpload')).toHaveLength(1);
    expect(ran.report.result).toMatchObject({ receipt: {} });
  });

  test('issues nothing and does no work in a redrive of an execution that failed in its second run', async () => {
    let parts = 0;
    slowParts((call) => (isPart(call) && (parts += 1) === 3 ? refused : 'proceed'));
    const ran = await sample.run(transfer());
    const before = sample.aws.trail.length;
    sample.aws.states.redrive(ran.row.executionArn);
    await sample.aws.clock.sleep(120_000);
    const { status, error } = await sample.execution(ran.row.executionArn);
    expect([status, error]).toEqual(['FAILED', 'AccessDenied']);
    const later = sample.aws.trail.slice(before).map(({ eventName }) => eventName);
    expect(later).not.toContain('AssumeRole');
    expect(later).not.toContain('UploadPartCopy');
  });
});

describe('work that never ends', () => {
  let stack: Deployed;
  beforeAll(async () => {
    stack = await deploy('misbehaving');
    stack.put('source', 'mine', Buffer.from('mine'));
  });
  const misbehave = (how: string) =>
    stack.run({
      type: 'misbehaving',
      taskId: freshId('endless'),
      reason: 'to see it end',
      parameters: { how, key: 'mine', target: 'none' },
    });
  const raw = (how: string) =>
    stack.run({ type: 'raw', taskId: freshId('handed'), reason: 'to see it end', parameters: { how } });

  test('ends with OutOfTime and every lease proven when too little time is left for a run', async () => {
    const ran = await misbehave('hands-on');
    expect(summary(ran)).toEqual([1, 'failed', 'closed', 'refused']);
    expect(ran.report.error).toMatch(
      /^OutOfTime: No lease for misbehaving\.endless-\d+: [\d.]+ s are left until its last moment, 2026-.*may take 15 s.*taskTimeout/,
    );
    expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
    const lastMs = ran.row.taskDeadlineMs ?? 0;
    for (const { deadlineMs } of ran.row.leases) expect(deadlineMs).toBeLessThanOrEqual(lastMs);
    expect(ran.row.leases.length).toBeGreaterThan(5);
    expect(provenOf(ran)).toHaveLength(ran.row.leases.length);
    const handedOn = ran.events.filter(({ data }) => data['status'] === 'handed-on');
    expect(handedOn).toHaveLength(ran.row.leases.length);
  });

  test.each([
    ['hands-on-too-much', /^CheckpointTooLarge: .*32769 bytes.*32768/],
    ['hands-on-a-circle', /^ResultNotJson: The work's checkpoint/],
  ])('%s fails in its first run', async (how, error) => {
    const ran = await misbehave(how);
    expect(ran.report.error).toMatch(error);
    expect([...summary(ran), ran.row.leases.length]).toEqual([1, 'failed', 'closed', 'refused', 1]);
  });

  test.each([
    ['hands-on-too-much', /^WorkContractViolation: .*checkpoint of 32769 bytes; at most 32768/],
    ['hands-on-half-a-character', /^WorkContractViolation: .*half of a surrogate pair/],
    ['hands-on-wrong-tools', /^WorkContractViolation: .*at tools/s],
    ['hands-on-nothing', /^WorkContractViolation: .*at checkpoint/s],
  ])('%s, without the runtime', async (how, error) => {
    const ran = await raw(how);
    expect(ran.report.error).toMatch(error);
    expect([...summary(ran), ran.row.leases.length]).toEqual([1, 'failed', 'closed', 'refused', 1]);
    expect(dataOf(ran.events, 'work.finished')).toMatchObject({ status: 'failed' });
  });
});
