import { spawnSync } from 'node:child_process';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import type { Intercept } from 'taskbound-local/gateway/intercept';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { assumedRoleConfig } from '../../../cli/connection/credentials.ts';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { call, fileIn, T0, temporaryFolder } from '../support.ts';

/** The sample stack, served as `taskbound local` does. */
let aws: EmbeddedAws;
let env: Record<string, string>;
beforeAll(async () => {
  aws = await EmbeddedAws.start({ clock: new SystemClock(), policyDelayMs: 0 });
  await aws.loadAssembly(inject('assemblies').sample);
  const { endpoint } = await aws.listen(0);
  env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: aws.rootCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.rootCredentials.secretAccessKey,
  };
});
afterAll(() => aws.close());

const COMMANDS: readonly (readonly string[])[] = [
  ['run', 'request.json'],
  ['plan', 'request.json'],
  ['show', 'object-transfer.x1'],
  ['list'],
  ['archive', '--day', '2026-11-24'],
  ['find', '--requester', 'ann'],
  ['approve', 'object-transfer.x1', '--yes'],
  ['refuse', 'object-transfer.x1', '--reason', 'no', '--yes'],
  ['revoke', 'object-transfer.x1', '--reason', 'a leaked key', '--yes'],
  ['drain', '--timeout', '0'],
];
const request = {
  type: 'object-transfer',
  taskId: 'who-1',
  reason: 'r',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
};

async function taskbound(argv: readonly string[], change: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  await fileIn(folder, 'request.json', request);
  const before = aws.trail.length;
  const called = await call(folder, [...argv, '--json'], { env: { ...env, ...change } });
  const calls = aws.trail.slice(before).map(({ eventName }) => eventName);
  return { ...called, error: JSON.parse(called.stdout).error, calls };
}

/** Makes the embedded AWS refuse calls, until the test ends. */
function refusing(intercept: Intercept): void {
  aws.intercept = intercept;
  onTestFinished(() => void (aws.intercept = undefined));
}

describe.each(COMMANDS.map((argv) => [argv]))('%j', (argv) => {
  it.each([
    [
      'an unknown access key',
      { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN000000000' },
      /AWS does not know the credentials: the access key AKIAUNKNOWN000000000 .*"taskbound local" printed/,
    ],
    [
      'a wrong secret key',
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      /the secret access key does not belong to the access key/,
    ],
  ])('with %s: exit 2, and nothing was done', async (_what, change, message) => {
    const { code, error, calls } = await taskbound(argv, change);
    expect({ code, name: error.name }).toEqual({ code: 2, name: 'CredentialError' });
    expect(error.message).toMatch(message);
    expect(calls.filter((name) => name !== 'DescribeStacks')).toEqual([]);
  });

  it('with an expired session: exit 2, after one call', async () => {
    let asked = 0;
    refusing(() => {
      asked += 1;
      const message = 'The security token included in the request is expired';
      return { refuse: { name: 'ExpiredToken', message, status: 403 } };
    });
    const { code, error } = await taskbound(argv);
    expect({ code, name: error.name, asked }).toEqual({ code: 2, name: 'CredentialError', asked: 1 });
    expect(error.message).toMatch(/have expired/);
  });

  it('with credentials that may not read the stack: exit 1, with the caller and the permission', async () => {
    const caller = 'arn:aws:iam::111122223333:user/eve';
    const message = `User: ${caller} is not authorized to perform: ssm:GetParameter on resource: x`;
    refusing(() => ({ refuse: { name: 'AccessDenied', message, status: 403 } }));
    const { code, error } = await taskbound(argv);
    expect({ code, name: error.name }).toEqual({ code: 1, name: 'NotPermitted' });
    expect(error.message).toContain(`${caller} may not call ssm:GetParameter`);
    expect(error.message).toContain('/taskbound/Taskbound/manifest, which every grant contains (grantSubmit');
  });
});

describe('a function URL that the caller may not call: exit 1 at once, with the caller, the grant and the roles', () => {
  it.each([
    ['run', ['run', 'request.json', '--as', 'ann@Operators'], 'ann', 'grantSubmit'],
    [
      'revoke',
      ['revoke', 'object-transfer.x1', '--reason', 'x', '--yes', '--as', 'ann@Operators'],
      'ann',
      'grantEnd',
    ],
  ])('%s', async (_command, argv, person, grant) => {
    const { code, error, calls } = await taskbound(argv);
    expect({ code, name: error.name }).toEqual({ code: 1, name: 'NotPermitted' });
    expect(error.message).toMatch(
      new RegExp(
        `^arn:aws:sts::\\d{12}:assumed-role/[^/]*Operators[^/]*/${person} may not call the function URL http`,
      ),
    );
    expect(error.message).toMatch(
      new RegExp(
        `AWS refused with 403 .*The function did not run.*Get ${grant} of the task type.*--as NAME@ROLE \\(.*Requesters, Approvers, Operators\\)\\.$`,
      ),
    );
    expect(calls.filter((name) => name === 'Invoke')).toHaveLength(1);
  });
});

it('a role that the caller may not assume: NotPermitted at once, with the person and the role', async () => {
  const roleArn = 'arn:aws:iam::111122223333:role/Requesters';
  const message = `User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  const sts = mockAws(STSClient);
  sts.on(AssumeRoleCommand).rejects(Object.assign(new Error(message), { name: 'AccessDenied' }));
  const base = { region: 'eu-central-1', credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'x' } };
  const config = assumedRoleConfig(base, new VirtualClock({ startMs: T0 }), roleArn, 'alice');
  const { credentials } = config;
  await expect(typeof credentials === 'function' ? credentials() : undefined).rejects.toMatchObject({
    name: 'NotPermitted',
    message: expect.stringMatching(
      /may not act as alice in the role .*user\/bob is not authorized.*Use the credentials of the IAM user alice, or give your own name and role.*leave out --as/,
    ),
  });
});

/** The command line in a process of its own: the SDK's default credentials come from the process. */
function spawned(argv: readonly string[], variables: Record<string, string>) {
  const { status, stderr } = spawnSync('node', ['bin/taskbound.ts', ...argv], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...variables,
    },
  });
  return { status, stderr };
}

describe('without AWS credentials', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'none at all',
      { AWS_REGION: 'eu-central-1' },
      /^taskbound: There are no AWS credentials: the SDK's default credentials could not be loaded/,
    ],
    [
      'an unknown profile',
      { AWS_REGION: 'eu-central-1', AWS_PROFILE: 'nope' },
      /^taskbound: There are no AWS credentials: the profile "nope" \(AWS_PROFILE\) has none, has expired or does not exist/,
    ],
    [
      'half a key',
      { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' },
      /AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not/,
    ],
    [
      'no region',
      { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' },
      /^taskbound: There is no AWS region: AWS_REGION is not set/,
    ],
  ])('(%s): exit 2 and one message', (_what, variables, message) => {
    const { status, stderr } = spawned(['list', '--stack', 'Taskbound'], variables);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
