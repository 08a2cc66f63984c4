import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedAws, LoadedStack } from 'taskbound-local/embedded-aws';
import type { ClientConfig } from '../../../client/caller/client-config.ts';
import { functionUrl } from '../../../client/calls/function-url.ts';
import { makePermissionSets } from '../../../cli/connection/local-permission-sets.ts';
import { sessionConfig } from '../../../cli/connection/person-config.ts';
import { readManifest } from '../../../client/stack/read-manifest.ts';
import { showSubject } from '../../../cli/decide/show-subject.ts';
import { submitDecision } from '../../../cli/decide/submit-decision.ts';
import { runTask } from '../../../cli/run/run-task.ts';
import { submitRequest } from '../../../client/calls/submit-request.ts';
import { drainStack } from '../../../cli/drain/drain.ts';
import type { Manifest } from '../../../core/manifest/manifest.ts';
import { recordingIo } from '../../cli/support.ts';
import { PeopleStack } from '../../fixtures/people-stack.ts';
import { declaredWorld } from '../../fixtures/declared-world.ts';
import { freshId, T0 } from '../deployed.ts';

let aws: EmbeddedAws;
let stack: LoadedStack;
let manifest: Manifest;
const load = declaredWorld((app) => new PeopleStack(app), T0);
beforeEach(async () => {
  ({ aws, stack, manifest } = await load());
  makePermissionSets(aws, manifest);
});

const ROLES = 'arn:aws:iam::111122223333:role/';
const reserved = (set: string) =>
  `${ROLES}aws-reserved/sso.amazonaws.com/AWSReservedSSO_${set}_0000000000000000`;

const session = (role: string, name: string): ClientConfig =>
  sessionConfig({ config: aws.clientConfig(), clock: aws.clock, hasPeople: false }, { name, role });

/** A caller with credentials of their own, as in an account. */
async function connectionOf(config: ClientConfig) {
  return {
    stackName: stack.stackName,
    manifest: await readManifest(config, stack.stackName),
    config,
    clock: aws.clock,
    hasPeople: true,
    close: async () => undefined,
  };
}

const request = (type = 'plain') => ({
  type,
  taskId: freshId('called'),
  reason: 'a test',
  parameters: { how: 'succeed' },
});

async function run(config: ClientConfig, type = 'plain') {
  const connection = await connectionOf(config);
  const { io } = recordingIo('/', { clock: aws.clock });
  return runTask(connection, request(type), { out: undefined, io });
}

const rowOf = async (boundaryId: string) =>
  (await aws.dynamodb.items(manifest.ledgerTable)).find((row) =>
    JSON.stringify(row['boundaryId']).includes(boundaryId),
  );

describe('users of IAM Identity Center', () => {
  it('submit tasks under their own name, with only the managed policy of their permission set', async () => {
    const report = await run(session(reserved('Developers'), 'alice@example.org'));
    expect(report).toMatchObject({ outcome: 'succeeded', phase: 'closed', proof: 'refused' });
    expect(await rowOf(report.boundaryId)).toMatchObject({
      requester: { S: 'alice@example.org' },
      requestedBy: {
        M: {
          arn: {
            S: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developers_0000000000000000/alice@example.org',
          },
        },
      },
    });
  });

  it('approve tasks of others, and are one person in all permission sets', async () => {
    const { io } = recordingIo('/', { clock: aws.clock });
    const asked = request('approved');
    const ended = runTask(await connectionOf(session(reserved('Developers'), 'alice')), asked, {
      out: undefined,
      io,
    });
    await aws.clock.sleep(5_000);
    const approve = async (name: string) => {
      const connection = await connectionOf(session(reserved('Leads'), name));
      const task = `approved.${asked.taskId}`;
      const digest = await showSubject(task, 'approve', connection, io);
      return submitDecision({ decision: 'approve', task, reason: undefined, digest }, connection, io);
    };
    await expect(approve('ALICE')).rejects.toMatchObject({
      name: 'DecisionRefused',
      message: expect.stringMatching(/alice asked for it; somebody else must decide/),
    });
    expect(await approve('bob')).toMatchObject({ person: 'bob', approvals: 1, phase: 'approved' });
    expect(await ended).toMatchObject({ outcome: 'succeeded', phase: 'closed' });
  });

  it('read and drain the stack', async () => {
    const connection = await connectionOf(session(reserved('Leads'), 'olga'));
    aws.startSchedules();
    expect(await drainStack(connection, {}, recordingIo('/', { clock: aws.clock }).io)).toBe(0);
    aws.stopSchedules();
  });

  it('of another permission set are refused', async () => {
    await expect(run(session(reserved('Leads'), 'bob'))).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(/Get grantSubmit of the task type/),
    });
  });
});

/** A role that somebody made, with a name of Identity Center and every permission of the permission set. */
function imitate(name: string, path?: string): string {
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'sts:AssumeRole',
    },
  } as const;
  const { arn } = aws.iam.putRole({ name, trust, ...(path !== undefined && { path }) }, T0);
  aws.iam.attach(name, 'arn:aws:iam::111122223333:policy/taskbound-People-Developers');
  return arn;
}

describe('a role that somebody made like one of Identity Center is refused, with every permission of the permission set', () => {
  it.each([
    ['without the reserved path', 'AWSReservedSSO_Developers_1111111111111111', undefined],
    ['in a path of its own', 'AWSReservedSSO_Developers_2222222222222222', '/sso.amazonaws.com/'],
    [
      'with another suffix under the reserved path',
      'AWSReservedSSO_Developers_x',
      '/aws-reserved/sso.amazonaws.com/',
    ],
  ])('%s', async (_what, name, path) => {
    await expect(run(session(imitate(name, path), 'mallory'))).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        /\/mallory may not submit plain; allowed: sessions of arn:.*Pipeline.*, users of the permission set Developers\. Ask for grantSubmit on the type\./,
      ),
    });
  });
});

/** Submits without the manifest's permission being in the way: every caller knows the URL. */
const submit = (config: ClientConfig, type = 'plain') =>
  submitRequest(functionUrl('submit', { manifest, clock: aws.clock }, config), request(type));

describe('a pipeline that signs in with OpenID Connect', () => {
  /** The embedded AWS has no identity provider: the role is assumed by a user here, and everything else is as deployed. */
  const pipeline = (id: string, sessionName: string) => {
    const role = aws.iam.roles().find(({ name }) => name.startsWith(`People-${id}`));
    if (role === undefined) throw new RangeError(id);
    const { arn } = aws.iam.putRole(
      {
        name: role.name,
        trust: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Action: 'sts:AssumeRole',
          },
        },
      },
      T0,
    );
    return session(arn, sessionName);
  };

  it('submits as its role, and its session is recorded', async () => {
    const report = await run(pipeline('Pipeline', 'run-4711'));
    expect(report).toMatchObject({ outcome: 'succeeded', phase: 'closed' });
    expect(await rowOf(report.boundaryId)).toMatchObject({
      requester: { S: expect.stringMatching(/:role\/People-Pipeline/) },
      requestedBy: { M: { arn: { S: expect.stringMatching(/People-Pipeline\w*\/run-4711$/) } } },
    });
  });

  it('is refused without the grant, with the grant', async () => {
    await expect(submit(pipeline('OtherPipeline', 'run-1'))).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        /OtherPipeline\w*\/run-1 may not call the function URL.*Get grantSubmit of the task type/,
      ),
    });
  });

  it('cannot submit a type that it was not granted', async () => {
    await expect(submit(pipeline('Pipeline', 'run-2'), 'approved')).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        /may not submit approved; allowed: users of the permission set Developers/,
      ),
    });
  });
});

/** An access key of an IAM user. */
async function keyOf(UserName: string) {
  const { AccessKey } = await new IAMClient({ ...aws.clientConfig() }).send(
    new CreateAccessKeyCommand({ UserName }),
  );
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

describe('a caller who is no session of a granted role is refused', () => {
  it('the owner of the account', async () => {
    await expect(submit(aws.clientConfig())).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        /^arn:aws:iam::111122223333:root may not submit plain; allowed: sessions of .*users of the permission set Developers/,
      ),
    });
  });

  it('an IAM user', async () => {
    const credentials = await keyOf('ursula');
    await expect(submit({ ...aws.clientConfig(), credentials })).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(/user\/ursula may not submit plain/),
    });
  });

  it.each<[string, () => Promise<ClientConfig>]>([
    ['the root user', async () => aws.clientConfig()],
    ['another IAM user', async () => ({ ...aws.clientConfig(), credentials: await keyOf('ursula') })],
    ['a user of Identity Center', async () => session(reserved('Developers'), 'mallory')],
    ['the session of another role, under the same name', async () => session(reserved('Leads'), 'alice')],
  ])('%s, with --as somebody', async (_what, caller) => {
    const acting = { config: await caller(), clock: aws.clock, hasPeople: true };
    const config = sessionConfig(acting, { name: 'alice', role: reserved('Developers') });
    await expect(submit(config)).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        /may not act as alice in the role.*Use the credentials of the IAM user alice.*neither the root user nor the session of another role; users of IAM Identity Center leave out --as/,
      ),
    });
  });
});
