import { AssumeRoleCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { assumeTaskRole } from '../../../lambdas/issue-identity/assume-task-role.ts';

const sts = mockAws(STSClient);
const Credentials = {
  AccessKeyId: 'ASIAX',
  SecretAccessKey: 's',
  SessionToken: 't',
  Expiration: new Date(Date.UTC(2026, 10, 23)),
};

const answered = (name: string, httpStatusCode: number): STSServiceException =>
  new STSServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

let slept: number[];
const clock = { nowMs: () => 0, sleep: async (ms: number) => void slept.push(ms) };
const to = { roleArn: 'arn:aws:iam::1:role/T', boundaryId: 't.1', policy: '{}', leaseSeconds: 120 };
const assume = () =>
  assumeTaskRole(new STSClient({ region: 'eu-central-1' }), to, clock).then(
    ({ accessKeyId }) => accessKeyId,
    (error: Error) => error.name,
  );

beforeEach(() => {
  sts.reset();
  slept = [];
});

describe('AssumeRole is made again only when nothing can have been made', () => {
  test.each([
    ['throttled', 'Throttling', 400],
    ['throttled by its other name', 'ThrottlingException', 400],
  ])('%s: again, after a pause', async (_what, name, status) => {
    sts.on(AssumeRoleCommand).rejectsOnce(answered(name, status)).resolves({ Credentials });
    expect(await assume()).toBe('ASIAX');
    expect(slept).toEqual([200]);
  });

  test('throttled three times: its own error', async () => {
    sts.on(AssumeRoleCommand).rejects(answered('Throttling', 400));
    expect(await assume()).toBe('Throttling');
    expect(sts.calls()).toHaveLength(3);
  });

  test('refused: its own error, at once', async () => {
    sts.on(AssumeRoleCommand).rejects(answered('AccessDenied', 403));
    expect(await assume()).toBe('AccessDenied');
    expect(sts.calls()).toHaveLength(1);
  });

  test.each([
    ['no answer', Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })],
    ['a failure of its own', answered('InternalFailure', 500)],
    ['unavailable', answered('ServiceUnavailable', 503)],
  ])('%s: uncertain, and once', async (_what, error) => {
    sts.on(AssumeRoleCommand).rejects(error);
    expect(await assume()).toBe('IdentityUncertain');
    expect(sts.calls()).toHaveLength(1);
  });
});
