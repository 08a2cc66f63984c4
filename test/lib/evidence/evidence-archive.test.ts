import { App, Duration, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { EvidenceArchive } from '../../../lib/index.ts';
import { listOf, ofType, sampleResources, textOf, type Resources } from '../sample.ts';
import { statementsOf } from '../statements.ts';

const file = join(inject('assemblies').windowed, 'Windowed.template.json');
const resources = (JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources }).Resources;
const [bucketId, bucket] =
  ofType(resources, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Archive')) ?? [];
const actionsIn = (of: Resources) =>
  ofType(of, 'AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
    statementsOf(id, Properties['PolicyDocument']).flatMap(({ statement }) =>
      listOf(statement['Action']).map((action) => [id, String(action), statement] as const),
    ),
  );

describe('the archive bucket', () => {
  it('locks objects, keeps every version, blocks public access, and is retained when the stack is deleted', () => {
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    });
  });

  it('denies requests without TLS and puts without If-None-Match', () => {
    const [, policy] =
      ofType(resources, 'AWS::S3::BucketPolicy').find(([id]) => id.startsWith('Archive')) ?? [];
    const found = statementsOf('', policy?.Properties['PolicyDocument']).map(({ statement }) => statement);
    expect(found).toMatchObject([
      { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:PutObject',
        Condition: { Null: { 's3:if-none-match': 'true' } },
      },
    ]);
    expect(found.map(({ Resource }) => listOf(Resource).map(textOf).at(-1))).toEqual([
      `<${bucketId}.Arn>/*`,
      `<${bucketId}.Arn>/*`,
    ]);
  });
});

describe('permissions in the archive', () => {
  const found = actionsIn(resources).filter(([, action]) => action.startsWith('s3:'));

  it('let only close-boundary put bundles of this stack, without overwriting, and let requesters list and read them', () => {
    expect(found.map(([id, action]) => [id.replace(/(Role|DefaultPolicy).*$/, ''), action])).toEqual([
      ['BoundaryControlCloseBoundary', 's3:PutObject'],
      ['BoundaryControlCloseBoundary', 's3:GetObject'],
      // Granted by `grantRead`.
      ['Requesters', 's3:ListBucket'],
      ['Requesters', 's3:GetObject'],
    ]);
    for (const [, , statement] of found.filter(([, action]) => action !== 's3:ListBucket'))
      expect(textOf(statement['Resource'])).toBe(`<${bucketId}.Arn>/evidence/Windowed/*.evidence.json`);
    expect(found[0]?.[2]['Condition']).toEqual({ Null: { 's3:if-none-match': 'false' } });
    const list = found.find(([, action]) => action === 's3:ListBucket')?.[2];
    expect(listOf(list?.['Resource']).map(textOf)).toEqual([`<${bucketId}.Arn>`]);
    expect(list?.['Condition']).toEqual({ StringEquals: { 's3:prefix': 'evidence/Windowed/' } });
  });

  it('do not exist without an archive', () => {
    expect(actionsIn(sampleResources()).filter(([, action]) => action.startsWith('s3:'))).toEqual([]);
  });
});

describe('the alarm of the archive', () => {
  const named = (of: Resources) =>
    ofType(of, 'AWS::CloudWatch::Alarm').find(([, { Properties }]) =>
      String(Properties['AlarmName']).endsWith('-ArchiveDisagrees'),
    )?.[1];

  it('goes on at the first disagreement, has a heading in the runbook, and may publish to the topic', () => {
    expect(named(resources)?.Properties).toMatchObject({
      MetricName: 'ArchiveDisagrees',
      Dimensions: [{ Name: 'Stack', Value: 'Windowed' }],
      Statistic: 'Sum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining('See ArchiveDisagrees in docs/runbook.md'),
    });
    const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
    expect(runbook.split('\n')).toContain('## ArchiveDisagrees');
    const [, topic] = ofType(resources, 'AWS::SNS::TopicPolicy')[0] ?? [];
    expect(JSON.stringify(topic?.Properties)).toContain(':alarm:Windowed-ArchiveDisagrees');
  });

  it('does not exist without an archive', () => expect(named(sampleResources())).toBeUndefined());
});

describe('EvidenceArchive', () => {
  it.each(['evidence', '/evidence/', 'a//b/', 'a*/', '${aws:userid}/', '../', `${'x'.repeat(64)}/`])(
    'does not accept the prefix %j',
    (prefix) => {
      const stack = new Stack(new App(), 'Other');
      const retention = s3.ObjectLockRetention.compliance(Duration.days(1));
      expect(() => new EvidenceArchive(stack, 'Archive', { retention, prefix })).toThrow(
        /prefix is ".*"; allowed: empty, or up to eight folders/,
      );
    },
  );
});
