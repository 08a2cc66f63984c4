import { GetObjectCommand, ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { generateKeyPairSync } from 'node:crypto';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { expect, it } from 'vitest';
import { ArchiveReader } from '../../../cli/archive/archive-reader.ts';
import { compareOne } from '../../../cli/archive/compare-archive.ts';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { renderArchive } from '../../../cli/archive/render-archive.ts';
import { call } from '../support.ts';

it.each([
  ['neither a task nor a day', [], /given: neither\. Give a boundary id/],
  ['both', ['object-transfer.x1', '--day', '2026-11-24'], /given: both\./],
  ['no boundary id', ['x1'], /not a boundary id/],
  ['no day', ['--day', 'today'], /--day "today" was given; allowed: a day in UTC/],
])('%s: exit 2 and one message, before anything is asked', async (_what, argv, message) => {
  const { code, stdout, stderr } = await call('/', ['archive', ...argv, '--stack', 'X']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it('says in words what was compared', () => {
  const boundaryId = 'object-transfer.x1';
  const agrees = { boundaryId, archive: 'agrees', error: null, fault: null } as const;
  expect(renderArchive([agrees])).toBe('object-transfer.x1  agrees with the table\n');
  expect(renderArchive([{ ...agrees, archive: 'disagrees' }])).toMatch(/DISAGREES.*runbook\.md\n$/);
  expect(renderArchive([{ ...agrees, archive: 'disagrees', fault: 'no row' }])).toMatch(
    /DISAGREES.*\(no row\)\n$/,
  );
  expect(renderArchive([{ ...agrees, archive: 'wrong', fault: 'another key' }])).toMatch(
    /DOES NOT VERIFY.*\(another key\)\n$/,
  );
  expect(renderArchive([{ ...agrees, archive: 'unknown', error: 'AccessDenied' }])).toMatch(
    /CANNOT BE READ.*\(AccessDenied\)\n$/,
  );
  expect(renderArchive([])).toMatch(/nothing was compared/);
});

it('lists the copies of its stack page by page, each with its day, and takes nothing else for one', async () => {
  const s3 = mockAws(S3Client);
  const object = (Key: string, time: string) => ({ Key, LastModified: new Date(time) });
  s3.on(ListObjectsV2Command)
    .resolvesOnce({
      IsTruncated: true,
      NextContinuationToken: 'more',
      Contents: [
        object('evidence/Taskbound/a-type.x1.evidence.json', '2026-11-24T23:59:59.999Z'),
        object('evidence/Taskbound/notes.txt', '2026-11-24T10:00:00Z'),
      ],
    })
    .resolvesOnce({
      Contents: [object('evidence/Taskbound/a-type.x2.evidence.json', '2026-11-25T00:00:00Z')],
    });
  const stack = { stack: 'Taskbound', archive: { bucket: 'kept', prefix: 'evidence/' } };
  const reader = new ArchiveReader({ region: 'eu-central-1' }, stack);
  expect([...(await reader.copyDays())]).toEqual([
    ['a-type.x1', '2026-11-24'],
    ['a-type.x2', '2026-11-25'],
  ]);
  expect(s3.commandCalls(ListObjectsV2Command).map(({ args: [{ input }] }) => input)).toMatchObject([
    { Bucket: 'kept', Prefix: 'evidence/Taskbound/' },
    { Bucket: 'kept', Prefix: 'evidence/Taskbound/', ContinuationToken: 'more' },
  ]);
});

it('ends at the first expired credential instead of reporting each copy as unreadable', async () => {
  const s3 = mockAws(S3Client);
  const answer = (name: string) =>
    new S3ServiceException({ name, message: 'x', $fault: 'client', $metadata: {} });
  const config = { region: 'eu-central-1' };
  const location = { stack: 'Taskbound', archive: { bucket: 'kept', prefix: 'evidence/' } };
  const archive = new ArchiveReader(config, location);
  s3.on(ListObjectsV2Command).rejects(answer('ExpiredToken'));
  await expect(archive.copyDays()).rejects.toMatchObject({ name: 'ExpiredToken' });

  mockAws(DynamoDBDocumentClient).on(QueryCommand).resolves({ Items: [] });
  const records = new StackRecords(config, { ledgerTable: 'l', evidenceTable: 'e' });
  const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const compare = () => compareOne('object-transfer.x1', { records, archive, key });
  s3.on(GetObjectCommand).rejects(answer('InvalidAccessKeyId'));
  await expect(compare()).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  s3.on(GetObjectCommand).rejects(answer('AccessDenied'));
  expect(await compare()).toMatchObject({ archive: 'unknown', error: 'AccessDenied' });
});
