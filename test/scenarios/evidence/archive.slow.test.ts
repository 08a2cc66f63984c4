import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { compareArchive } from '../../../cli/archive/archive.ts';
import { stackKey } from '../../../cli/connection/stack-key.ts';
import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { itemOf } from 'taskbound-evidence/lookup/lookup';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { parseTemplate, type Template } from 'taskbound-local/template/template';
import {
  disagreements,
  DOWN,
  fileOf,
  keyOf,
  interceptArchivePuts,
  objectOf,
  archivedRequest,
} from './archiving.ts';
import { recordingIo } from '../../cli/support.ts';
import { deploy, type Deployed, type Ran } from '../deployed.ts';
import { withShortTail } from '../exercise/prepared.ts';
import { call, eventsOf, post, rowOf, type Request } from './meddle.ts';
import { runSchedulesFor } from '../teardown/signals.ts';
import { roleStatements } from '../operations/statements.ts';
import { rechained } from './tampering.ts';

const template = (): Template =>
  parseTemplate(
    JSON.parse(readFileSync(join(inject('assemblies').windowed, 'Windowed.template.json'), 'utf8')),
  );

let stack: Deployed;
/** A task whose evidence is archived. */
let kept: Ran;
beforeAll(async () => {
  stack = await deploy('windowed');
  kept = await stack.run(archivedRequest(stack));
  return () => stack.aws.clock.hold();
}, 60_000);

describe('the archived bundle of a boundary', () => {
  test('is the signed bundle that --out writes, and the row records it', async () => {
    const { boundaryId } = kept.row;
    expect([kept.code, kept.row.phase, kept.row.archive]).toEqual([0, 'closed', 'agrees']);
    expect(stack.aws.s3.keys(stack.output('archive'))).toEqual([keyOf(boundaryId)]);
    const object = objectOf(stack, boundaryId) ?? '';
    expect(object).toBe(await fileOf(stack, boundaryId));
    const key = await stackKey(stack.connection.config, stack.connection.manifest);
    expect(verifyBundle(JSON.parse(object), key)).toMatchObject({ verdict: 'verified', boundaryId });
    for (const value of stack.secretValues) expect(object).not.toContain(value);
  });

  test('is put once, and only compared when CloseBoundary is called again', async () => {
    const before = objectOf(stack, kept.row.boundaryId);
    expect((await call(stack, 'CloseBoundary', kept.row)).name).toBe('ok');
    expect(objectOf(stack, kept.row.boundaryId)).toBe(before);
    expect(await rowOf(stack, kept.row.boundaryId)).toMatchObject({ archive: 'agrees' });
    expect(disagreements(stack)).toBe(0);
  });

  test('agrees after a lost answer to its own put', async () => {
    const end = interceptArchivePuts(stack, (put) => (put === 1 ? { loseAnswer: true } : 'proceed'));
    const ran = await stack.run(archivedRequest(stack));
    end();
    expect([ran.code, ran.row.archive, disagreements(stack)]).toEqual([0, 'agrees', 0]);
    expect(objectOf(stack, ran.row.boundaryId)).toBe(await fileOf(stack, ran.row.boundaryId));
  });

  test('is put when S3 is available again, after access has ended', async () => {
    const request = archivedRequest(stack);
    const backMs = Date.parse(request.window?.opensAt ?? '') + 300_000;
    const end = interceptArchivePuts(stack, () => (stack.aws.clock.nowMs() < backMs ? DOWN : 'proceed'));
    const ran = await stack.run(request);
    end();
    expect([ran.code, ran.report.proof, ran.row.archive]).toEqual([0, 'refused', 'agrees']);
    expect(ran.row.proof?.provenAtMs).toBeLessThan(backMs);
    expect(ran.row.closedAtMs).toBeGreaterThanOrEqual(backMs);
    expect(ran.row.closedAtMs).toBeLessThan(backMs + 60_000);
  });
});

test('when S3 is down for longer than the tail retries, the execution fails and Teardown closes the boundary later', async () => {
  const other = await deploy('windowed', { transform: withShortTail });
  const request = archivedRequest(other);
  const backMs = Date.parse(request.window?.opensAt ?? '') + 1_500_000;
  const end = interceptArchivePuts(other, () => (other.aws.clock.nowMs() < backMs ? DOWN : 'proceed'));
  const ran = await other.run(request);
  expect([ran.code, ran.report.executionStatus, ran.row.phase]).toEqual([3, 'FAILED', 'revoked']);
  expect(ran.row.proof?.kind).toBe('refused');
  await runSchedulesFor(other, 30);
  end();
  other.aws.clock.hold();
  const row = await rowOf(other, ran.row.boundaryId);
  expect([row.phase, row.archive, row.unproven !== undefined]).toEqual(['closed', 'agrees', true]);
  expect(row.teardown?.attempt).toBeGreaterThanOrEqual(1);
  expect(objectOf(other, row.boundaryId)).toBe(await fileOf(other, row.boundaryId));
}, 120_000);

const documents = () => DynamoDBDocumentClient.from(new DynamoDBClient({ ...stack.connection.config }));
const put = (table: 'ledgerTable' | 'evidenceTable', Item: Record<string, unknown>) =>
  documents().send(new PutCommand({ TableName: stack.connection.manifest[table], Item }));

/** `taskbound archive --json`, as a requester. */
async function compared(
  asked: Parameters<typeof compareArchive>[0],
  { aws, connection } = stack,
): Promise<[number, unknown[]]> {
  const { io, written } = recordingIo('/', { clock: aws.clock });
  const code = await compareArchive(asked, { json: true }, connection, io);
  return [code, JSON.parse(written.stdout).boundaries];
}

describe('another object in the place of the archived bundle', () => {
  const forged = Buffer.from('{"version":1}\n');
  const putAsOwner = (boundaryId: string) =>
    stack.aws.s3.put(stack.output('archive'), keyOf(boundaryId), forged);

  test('does not keep the boundary open, is recorded in the row and the alarm, and is not changed', async () => {
    const before = disagreements(stack);
    const request = archivedRequest(stack);
    putAsOwner(`windowed.${request.taskId}`);
    const ran = await stack.run(request);
    expect([ran.code, ran.row.phase, ran.row.archive]).toEqual([0, 'closed', 'disagrees']);
    expect(disagreements(stack)).toBe(before + 1);
    expect(objectOf(stack, ran.row.boundaryId)).toBe(forged.toString('utf8'));
  });

  test('is found when the task or its day is compared, and so is a missing bundle', async () => {
    const [ours, other] = [kept.row.boundaryId, (await stack.run(archivedRequest(stack))).row.boundaryId];
    const agrees = { boundaryId: ours, archive: 'agrees', error: null, fault: null };
    expect(await compared({ boundaryId: ours })).toEqual([0, [agrees]]);
    putAsOwner(other);
    expect(await compared({ boundaryId: other })).toEqual([
      1,
      [{ ...agrees, boundaryId: other, archive: 'disagrees' }],
    ]);
    const [code, day] = await compared({ day: kept.row.day });
    expect(code).toBe(1);
    expect(day).toContainEqual(agrees);
    expect(day).toContainEqual({ ...agrees, boundaryId: other, archive: 'disagrees' });
    stack.aws.s3.store.bucket(stack.output('archive')).objects.delete(keyOf(other));
    // With the right to list only under the stack's prefix, the answer for a single object does not say that it is missing.
    const gone = { ...agrees, boundaryId: other, archive: 'unknown', error: 'AccessDenied' };
    expect(await compared({ boundaryId: other })).toEqual([1, [gone]]);
  });

  test('is found when the table was changed instead', async () => {
    const { boundaryId } = (await stack.run(archivedRequest(stack))).row;
    const [first] = (await eventsOf(stack, boundaryId)).slice(0, 1);
    const changed = { ...first, data: { ...first?.data, reason: 'another' } };
    for (const item of [changed, { ...first, more: 'than an event has' }]) {
      await put('evidenceTable', item);
      expect(await compared({ boundaryId })).toMatchObject([1, [{ archive: 'disagrees' }]]);
    }
  });

  test('is found when the table and the archive were changed in the same way, because only the stack signs', async () => {
    const { boundaryId } = (await stack.run(archivedRequest(stack))).row;
    const changed = (await eventsOf(stack, boundaryId)).map((event) =>
      event.type === 'task.requested' ? { ...event, data: { ...event.data, reason: 'another' } } : event,
    );
    for (const event of rechained(boundaryId, changed)) await put('evidenceTable', { ...itemOf(event) });
    stack.aws.s3.put(
      stack.output('archive'),
      keyOf(boundaryId),
      Buffer.from(await fileOf(stack, boundaryId)),
    );
    const fault = 'its signed statement is not about these events';
    expect(await compared({ boundaryId })).toEqual([
      1,
      [{ boundaryId, archive: 'wrong', error: null, fault }],
    ]);
  });

  test('is found by its day when the row of the boundary is missing or not closed', async () => {
    const { row } = await stack.run(archivedRequest(stack));
    const { boundaryId } = row;
    const found = async () =>
      (await compared({ day: row.day }))[1].find((each) => (each as LedgerRow).boundaryId === boundaryId);
    const differs = { boundaryId, archive: 'disagrees', error: null };
    expect(await found()).toMatchObject({ archive: 'agrees' });
    const { outcome: _a, closedAtMs: _b, archive: _c, announcedAtMs: _d, sweptAtMs: _e, ...before } = row;
    const revokedAgain = { ...before, phase: 'revoked' };
    for (const day of [row.day, '2026-01-01']) {
      await put('ledgerTable', { ...revokedAgain, day });
      expect(await found()).toEqual({
        ...differs,
        fault: 'its phase in the ledger is revoked, and an open boundary has no copy',
      });
    }
    await put('ledgerTable', { boundaryId, day: row.day, requestedAtMs: 1 });
    expect(await found()).toEqual({ ...differs, fault: 'its ledger item is not a valid row' });
    await documents().send(
      new DeleteCommand({ TableName: stack.connection.manifest.ledgerTable, Key: { boundaryId } }),
    );
    expect(await found()).toEqual({ ...differs, fault: 'the ledger has no row for it' });
  });

  test('is not reported as missing to a caller who may not list', async () => {
    const listing = roleStatements(template()).find(({ actions }) => actions.includes('s3:ListBucket'));
    const other = await deploy('windowed', { transform: (of) => listing?.without(of) ?? of });
    await expect(compared({ day: '2020-01-01' }, other)).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(
        /^The archive s3:.*\/evidence\/Windowed\/ cannot be listed: .*s3:ListBucket/,
      ),
    });
    other.aws.clock.hold();
  });

  test('is not searched for when the task is open or unknown', async () => {
    await expect(compared({ boundaryId: 'windowed.never' })).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'The task windowed.never is not in the stack Windowed; only closed tasks are archived. See taskbound list --stack Windowed.',
    });
    expect(await compared({ day: '2020-01-01' })).toEqual([0, []]);
  });

  test('is recorded when it appeared later and the boundary is closed again', async () => {
    const before = disagreements(stack);
    putAsOwner(kept.row.boundaryId);
    expect((await call(stack, 'CloseBoundary', kept.row)).name).toBe('ok');
    expect(disagreements(stack)).toBe(before + 1);
  });
});

describe('the permissions of CloseBoundary in the archive', () => {
  const statements = roleStatements(template()).filter(({ name }) => /Archived?Evidence$/.test(name));

  test('are a put and a read, in separate statements', () => {
    expect(statements.map(({ name, actions }) => [name.split(': ')[1], actions])).toEqual([
      ['ArchiveEvidence', ['s3:PutObject']],
      ['SeeArchivedEvidence', ['s3:GetObject']],
    ]);
  });

  test.each(statements.map((statement) => [statement.name, statement] as const))(
    'without %s cannot confirm that the bundle is archived',
    async (_name, { without, actions }) => {
      const other = await deploy('windowed', { transform: (of) => withShortTail(without(of)) });
      const row = await revoked(other, archivedRequest(other));
      const end = interceptArchivePuts(other, (put) => (put === 1 ? { loseAnswer: true } : 'proceed'));
      await call(other, 'CloseBoundary', row);
      end();
      other.aws.clock.hold();
      expect((await rowOf(other, row.boundaryId)).archive).not.toBe('agrees');
      const refused = other.aws.trail.flatMap(({ errorMessage }) => errorMessage ?? []);
      expect(refused.join('\n')).toContain(`not authorized to perform: ${actions[0]}`);
    },
    120_000,
  );
});

/** Runs a task until `CloseBoundary` is next, which has no access to the archive. */
async function revoked(other: Deployed, request: Request): Promise<LedgerRow> {
  const boundaryId = boundaryIdOf(request.type, request.taskId);
  const end = interceptArchivePuts(other, () => DOWN);
  await post(other, JSON.stringify(request));
  for (let look = 0; look < 100; look += 1) {
    await other.aws.clock.sleep(5_000);
    const row = await rowOf(other, boundaryId);
    if (row.proof === undefined) continue;
    end();
    return row;
  }
  throw new Error(`${boundaryId} is not revoked.`);
}

test('no caller can overwrite an archived bundle, or put one without If-None-Match', async () => {
  const owner = new S3Client({ ...stack.connection.config, forcePathStyle: true });
  const at = { Bucket: stack.output('archive'), Key: keyOf('windowed.other'), Body: 'x' };
  await expect(owner.send(new PutObjectCommand(at))).rejects.toMatchObject({ name: 'AccessDenied' });
  await owner.send(new PutObjectCommand({ ...at, IfNoneMatch: '*' }));
  await expect(
    owner.send(new PutObjectCommand({ ...at, Body: 'y', IfNoneMatch: '*' })),
  ).rejects.toMatchObject({ name: 'PreconditionFailed' });
  const { Body } = await owner.send(new GetObjectCommand({ Bucket: at.Bucket, Key: at.Key }));
  expect(await Body?.transformToString()).toBe('x');
});
