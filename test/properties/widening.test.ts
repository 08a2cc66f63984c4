import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import { parsePolicy } from 'taskbound-iam/parse';
import type { NamedPolicy } from 'taskbound-iam/policy';
import { renderSessionPolicy } from '../../core/grants/session-policy.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { transferConfig } from '../fixtures/task-types.ts';
import { near, s3Key, s3Prefix } from './generators.ts';

const RUNS = 10_000;
const NOW = '2026-11-23T09:59:59Z';

/** A policy that allows everything, so that only the session policy can refuse. */
const everything: NamedPolicy = {
  name: 'everything',
  document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
};

function session(config: TaskTypeConfig, parameters: Record<string, string>) {
  const text = renderSessionPolicy(config, {
    boundaryId: 'object-transfer.task-1',
    nonce: '0123456789abcdef0123456789abcdef',
    parameters,
    deadline: '2026-11-23T10:00:00Z',
  });
  const policies = { identity: [everything], session: { name: 'session', document: parsePolicy(text) } };
  return (action: string, resource: string, now = NOW) =>
    decide(
      {
        principal: {
          kind: 'role-session',
          accountId: '111122223333',
          roleArn: 'arn:aws:iam::111122223333:role/T',
          sessionArn: 'arn:aws:sts::111122223333:assumed-role/T/s',
        },
        action,
        resource,
        context: { 'aws:CurrentTime': now, 'aws:SourceIdentity': 'object-transfer.task-1' },
      },
      policies,
    ).decision;
}

const source = (key: string) => `arn:aws:s3:::source-bucket/${key}`;
const destination = (key: string) => `arn:aws:s3:::destination-bucket/${key}`;

describe('a session policy with any parameters', () => {
  test('allows the granted objects, and neither their neighbors nor other actions', () => {
    const cases = s3Key.chain((sourceKey) =>
      s3Key.chain((destinationKey) =>
        fc.record({
          sourceKey: fc.constant(sourceKey),
          destinationKey: fc.constant(destinationKey),
          readNear: near(sourceKey),
          writeNear: near(destinationKey),
        }),
      ),
    );
    fc.assert(
      fc.property(cases, ({ sourceKey, destinationKey, readNear, writeNear }) => {
        const may = session(transferConfig(), { sourceKey, destinationKey });
        expect(may('s3:GetObject', source(sourceKey))).toBe('allow');
        expect(may('s3:PutObject', destination(destinationKey))).toBe('allow');
        expect(may('s3:PutObject', destination(`${destinationKey}.receipt.json`))).toBe('allow');
        expect(may('s3:GetObject', source(readNear))).toBe(
          readNear === sourceKey ? 'allow' : 'implicit-deny',
        );
        const written = writeNear === destinationKey || writeNear === `${destinationKey}.receipt.json`;
        expect(may('s3:PutObject', destination(writeNear))).toBe(written ? 'allow' : 'implicit-deny');
        for (const action of ['s3:DeleteObject', 's3:GetObjectTagging', 's3:PutObjectAcl']) {
          expect(may(action, destination(destinationKey))).toBe('implicit-deny');
        }
        expect(may('s3:GetObject', destination(destinationKey))).toBe('implicit-deny');
        expect(may('s3:PutObject', source(sourceKey))).toBe('implicit-deny');
        expect(may('s3:ListBucket', 'arn:aws:s3:::source-bucket')).toBe('implicit-deny');
        expect(may('sts:AssumeRole', 'arn:aws:iam::111122223333:role/T')).toBe('implicit-deny');
        expect(may('s3:GetObject', source(sourceKey), '2026-11-23T10:00:00Z')).toBe('explicit-deny');
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test('allows, with a prefix parameter, only the keys under the prefix', () => {
    const config = transferConfig({
      parameters: { folder: { kind: 's3Prefix', maxBytes: 1024 } },
      tools: [
        { name: 'readFolder', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::source-bucket/{folder}'] },
        {
          name: 'listFolder',
          actions: ['s3:ListBucket'],
          resources: ['arn:aws:s3:::source-bucket'],
          conditions: { StringEquals: { 's3:prefix': ['{folder}'] } },
        },
      ],
    });
    const cases = s3Prefix.chain((folder) =>
      fc.record({ folder: fc.constant(folder), below: s3Key, other: near(folder) }),
    );
    fc.assert(
      fc.property(cases, ({ folder, below, other }) => {
        const may = session(config, { folder });
        expect(may('s3:GetObject', source(folder + below))).toBe('allow');
        expect(may('s3:GetObject', source(other))).toBe(other.startsWith(folder) ? 'allow' : 'implicit-deny');
        expect(may('s3:GetObject', source(folder.slice(0, -1)))).toBe('implicit-deny');
        expect(may('s3:PutObject', source(folder + below))).toBe('implicit-deny');
        expect(may('s3:ListBucket', 'arn:aws:s3:::source-bucket')).toBe('implicit-deny');
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});
