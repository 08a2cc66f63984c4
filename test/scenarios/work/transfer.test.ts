import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { dsseEnvelope, verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import { decide } from 'taskbound-iam/evaluate';
import { parsePolicy } from 'taskbound-iam/parse';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';
import { toolsOf, reportDigestOf } from './tools-of.ts';

let stack: Deployed;
beforeAll(async () => {
  stack = await deploy('sample');
});

const request = (sourceKey: string, destinationKey: string) => ({
  type: 'object-transfer',
  taskId: freshId(),
  reason: 'a scenario',
  parameters: { sourceKey, destinationKey },
});

const destinationOf = (key: string) => stack.aws.s3.get(stack.output('destination'), key);

/** The decision of the session policy in the evidence for reading a key of the source, shortly before its deadline. */
function sessionPolicyOf({ events }: Ran): (key: string) => string {
  const issued = events.find((event) => event.type === 'identity.issued')?.data ?? {};
  const document = parsePolicy(String(issued['sessionPolicy']));
  const everything = parsePolicy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  );
  return (key) =>
    decide(
      {
        principal: { kind: 'role-session', accountId: '111122223333', roleArn: String(issued['roleArn']) },
        action: 's3:GetObject',
        resource: `arn:aws:s3:::${stack.output('source')}/${key}`,
        context: { 'aws:CurrentTime': new Date(Date.parse(String(issued['deadline'])) - 1000).toISOString() },
      },
      { identity: [{ name: 'everything', document: everything }], session: { name: 'session', document } },
    ).decision;
}

describe('a transfer', () => {
  test('moves the object, writes a receipt, and is closed with a proof', async () => {
    const content = Buffer.from([0, 1, 2, 255, 254, 10, 13]);
    stack.put('source', 'exports/a.bin', content);
    const ran = await stack.run(request('exports/a.bin', 'in/a.bin'));
    expect([ran.code, ran.report.outcome, ran.report.phase, ran.report.proof]).toEqual([
      0,
      'succeeded',
      'closed',
      'refused',
    ]);
    expect(Buffer.from(destinationOf('in/a.bin') ?? [])).toEqual(content);
    expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
    expect(ran.events.map((event) => event.type)).toEqual([
      'task.requested',
      'task.admitted',
      'secret.issued',
      'identity.issued',
      'work.finished',
      'secret.revoked',
      'boundary.revoked',
      'revocation.proven',
      'boundary.closed',
    ]);
  });

  test("records the tool of each call next to the worker's own report, whose digest still matches", async () => {
    stack.put('source', 'tools.bin', Buffer.from('x'));
    const ran = await stack.run(request('tools.bin', 'tools.bin'));
    const tools = toolsOf(ran);
    expect(tools).toMatchObject({ word: 'worker', count: tools.uses.length });
    expect(tools.uses.map(({ tool, action, outcome }) => [tool, action, outcome])).toEqual([
      ['TaskboundSecrets', 'secretsmanager:GetSecretValue', 'ok'],
      ['readSource', 's3:GetObject', 'ok'],
      ['readSource', 's3:GetObject', 'ok'],
      ['writeDestination', 's3:PutObject', 'ok'],
      ['writeReceipt', 's3:PutObject', 'ok'],
    ]);
    expect(tools.digest).toBe(reportDigestOf(tools));
    const key = ran.row.leases[0]?.accessKeyId;
    for (const { requestId } of tools.uses)
      expect(
        stack.aws.trail.find((record) => record.requestID === requestId)?.userIdentity['accessKeyId'],
      ).toBe(key);
  });

  test('signs the receipt with the key in the evidence, which also contains its hash', async () => {
    stack.put('source', 'r.bin', Buffer.from('receipt me'));
    const { events } = await stack.run(request('r.bin', 'r.bin'));
    const issued = events.find((event) => event.type === 'secret.issued')?.data['handle'] as {
      publicKey: string;
    };
    const bytes = Buffer.from(destinationOf('r.bin.receipt.json') ?? []);
    const envelope = dsseEnvelope.parse(JSON.parse(bytes.toString('utf8')));
    expect(verifyEnvelope(envelope, createPublicKey(issued.publicKey))).toBe(true);
    const result = events.find((event) => event.type === 'work.finished')?.data['result'];
    expect(result).toMatchObject({ receipt: { sha256: sha256Hex(bytes) } });
  });

  test('leaves no secret, and a deny only until the deadline', async () => {
    stack.put('source', 'l.bin', Buffer.from('x'));
    const { row } = await stack.run(request('l.bin', 'l.bin'));
    const names = [
      ...row.secrets.map((secret) => secret.secretName),
      ...row.leases.map((lease) => lease.sessionSecretName),
    ];
    expect(names).toHaveLength(2);
    for (const name of names)
      expect(stack.aws.secrets.store.find(name, stack.aws.clock.nowMs())).toBeUndefined();
    expect(row.deny).toMatchObject({ effective: true, deadlineMs: row.leases[0]?.deadlineMs });
  });

  test("is proven by three refusals of the task's own key, a second apart, each with an explicit deny", async () => {
    stack.put('source', 'p.bin', Buffer.from('x'));
    const { events, row } = await stack.run(request('p.bin', 'p.bin'));
    const proof = events.find((event) => event.type === 'revocation.proven')?.data as unknown as {
      proof: string;
      leases: { accessKeyId: string; refusals: { at: string; error: string; message: string }[] }[];
    };
    const [lease] = proof.leases;
    expect(lease?.accessKeyId).toBe(row.leases[0]?.accessKeyId);
    expect(lease?.refusals).toHaveLength(3);
    const times = (lease?.refusals ?? []).map((refusal) => Date.parse(refusal.at));
    expect([times[1]! - times[0]!, times[2]! - times[1]!].every((gap) => gap >= 1000)).toBe(true);
    for (const refusal of lease?.refusals ?? [])
      expect(refusal.message).toContain('with an explicit deny in an identity-based policy');
    const refused = stack.aws.trail.filter(
      (record) =>
        record.errorCode === 'AccessDenied' && record.userIdentity['accessKeyId'] === lease?.accessKeyId,
    );
    expect(refused.map((record) => record.eventName)).toEqual([
      'DescribeSecret',
      'DescribeSecret',
      'DescribeSecret',
    ]);
  });

  test('moves an empty object', async () => {
    stack.put('source', 'empty', new Uint8Array());
    const ran = await stack.run(request('empty', 'empty'));
    expect([ran.code, ran.report.error]).toEqual([0, null]);
    expect(destinationOf('empty')).toHaveLength(0);
  });

  test('fails when the source does not exist, and its boundary is closed', async () => {
    const ran = await stack.run(request('missing', 'm'));
    expect([ran.code, ran.report.outcome, ran.report.phase, ran.report.proof]).toEqual([
      1,
      'failed',
      'closed',
      'refused',
    ]);
    expect(ran.report.error).toMatch(/^SourceUnreadable: .*missing.*AccessDenied/s);
    expect(ran.report.executionStatus).toBe('FAILED');
  });
});

describe('a key is exact', () => {
  test.each([
    'with space.txt',
    'a+b.txt',
    'star*.txt',
    'what?.txt',
    '$cash/${aws:userid}.txt',
    `quotes"and'.txt`,
    '100%.txt',
    '%2e%2e/%41.txt',
    'back\\slash.txt',
    'Übergröße-ñ-ÿ.txt',
    'empty//segment.txt',
    '//leading',
    'trailing/',
    '../up.txt',
    'a/../b.txt',
    '..',
    '.',
    '{sourceKey}',
    'x'.repeat(280),
  ])('%j is moved under exactly that key, and nothing else can be read or is changed', async (key) => {
    const content = Buffer.from(`content of ${key}`);
    const others = [
      'other',
      `${key}x`,
      key.replace('*', 'anything').replace('?', 'q'),
      key.replace('a/../', ''),
    ].filter((other) => other !== key && other !== '');
    for (const other of others) stack.put('source', other, Buffer.from('not this one'));
    stack.put('source', key, content);
    const ran = await stack.run(request(key, key));
    expect([ran.code, ran.report.error]).toEqual([0, null]);
    expect(Buffer.from(destinationOf(key) ?? [])).toEqual(content);
    const may = sessionPolicyOf(ran);
    expect(may(key)).toBe('allow');
    for (const other of others) expect(may(other)).toBe('implicit-deny');
    const touched = stack.aws.trail
      .filter(
        (record) =>
          record.userIdentity['accessKeyId'] === ran.row.leases[0]?.accessKeyId &&
          record.eventSource === 's3.amazonaws.com',
      )
      .map((record) => String(record.requestParameters?.['key']));
    expect([...new Set(touched)].sort()).toEqual([key, `${key}.receipt.json`].sort());
  });
});
