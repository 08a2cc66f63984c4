import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
  paginateListRolePolicies,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ACCOUNT_TRUST, START_MS, allow, refusal, roleArn, sessionWith, start } from '../support.ts';

const DENY_ALL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});
const put = (RoleName: string, PolicyName: string, PolicyDocument: string) =>
  new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument });

async function withReader(options = {}) {
  const started = await start(options);
  const { aws } = started;
  aws.ssm.putParameter('/types', 'x', 0);
  const reader = sessionWith(aws, 'Reader', allow('ssm:GetParameter'));
  const read = () =>
    new SSMClient({ ...reader, maxAttempts: 1 }).send(new GetParameterCommand({ Name: '/types' }));
  const iam = new IAMClient({ ...aws.clientConfig(), maxAttempts: 1 });
  return { ...started, reader, read, iam };
}

describe('policy changes', () => {
  it('take effect after the delay, to the millisecond, and do not affect GetCallerIdentity', async () => {
    const { clock, reader, read, iam } = await withReader();
    await iam.send(put('Reader', 'deny', DENY_ALL));
    clock.advance(3_999);
    await expect(read()).resolves.toMatchObject({ Parameter: { Value: 'x' } });
    clock.advance(1);
    expect(await refusal(read())).toEqual({
      name: 'AccessDeniedException',
      status: 400,
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/Reader/someone is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/types with an explicit deny in an identity-based policy`,
    });
    await expect(new STSClient(reader).send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: ACCOUNT,
    });
  });

  it('reach each service after its own delay', async () => {
    const { clock, reader, read, iam } = await withReader({ policyDelayMs: { ssm: 60_000, iam: 0 } });
    await iam.send(put('Reader', 'deny', DENY_ALL));
    const { message } = await refusal(new IAMClient(reader).send(new GetRoleCommand({ RoleName: 'Reader' })));
    expect(message).toContain('explicit deny');
    clock.advance(59_999);
    await expect(read()).resolves.toBeDefined();
    clock.advance(1);
    expect(await refusal(read())).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('restore access after the delay when a deny is removed', async () => {
    const { clock, read, iam } = await withReader({ policyDelayMs: 1_000 });
    await iam.send(put('Reader', 'deny', DENY_ALL));
    clock.advance(1_000);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'Reader', PolicyName: 'deny' }));
    clock.advance(999);
    expect(await refusal(read())).toMatchObject({ name: 'AccessDeniedException' });
    clock.advance(1);
    await expect(read()).resolves.toBeDefined();
  });

  it('are listed in order after old changes were merged', async () => {
    const { clock, read, iam } = await withReader({ policyDelayMs: 0 });
    await iam.send(put('Reader', 'deny', DENY_ALL));
    clock.advance(3_000_000);
    const other = JSON.stringify(allow('s3:GetObject'));
    await iam.send(put('Reader', 'other', other));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'Reader', PolicyName: 'deny' }));
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: 'Reader' }));
    expect(PolicyNames).toEqual(['other', 'permissions']);
    expect(read).toBeDefined();
  });
});

describe('the API', () => {
  it('returns a policy as it was put, URL-encoded', async () => {
    const { iam } = await withReader();
    await iam.send(put('Reader', 'more', DENY_ALL));
    const { PolicyDocument } = await iam.send(
      new GetRolePolicyCommand({ RoleName: 'Reader', PolicyName: 'more' }),
    );
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(DENY_ALL);
  });

  it('describes a role', async () => {
    const { aws, iam } = await withReader();
    aws.iam.putRole(
      {
        name: 'Bounded',
        trust: ACCOUNT_TRUST,
        path: '/team/',
        boundaryArn: 'arn:aws:iam::1:policy/b',
        tags: { a: 'b' },
      },
      START_MS,
    );
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'Bounded' }));
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:role/team/Bounded`,
      PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::1:policy/b' },
      Tags: [{ Key: 'a', Value: 'b' }],
      MaxSessionDuration: 3600,
    });
  });

  it('lists the roles under a path, in pages, without the fields that AWS omits', async () => {
    const { aws, iam } = await withReader();
    const boundaryArn = 'arn:aws:iam::1:policy/b';
    for (const name of ['C', 'A', 'B'])
      aws.iam.putRole(
        { name, trust: ACCOUNT_TRUST, path: '/team/one/', boundaryArn, tags: { a: 'b' } },
        START_MS,
      );
    aws.iam.putRole({ name: 'Other', trust: ACCOUNT_TRUST, path: '/team/one-more/' }, START_MS);
    const page = (more: object) => iam.send(new ListRolesCommand({ PathPrefix: '/team/one/', ...more }));
    const first = await page({ MaxItems: 2 });
    const second = await page({ MaxItems: 2, Marker: first.Marker });
    expect([first, second].map(({ IsTruncated }) => IsTruncated)).toEqual([true, false]);
    expect([first, second].map(({ Roles }) => Roles?.map(({ RoleName }) => RoleName))).toEqual([
      ['A', 'B'],
      ['C'],
    ]);
    expect(first.Roles?.[0]).toMatchObject({ Path: '/team/one/', MaxSessionDuration: 3600 });
    expect(Object.keys(first.Roles?.[0] ?? {})).not.toContain('PermissionsBoundary');
    expect(Object.keys(first.Roles?.[0] ?? {})).not.toContain('Tags');
    const all = await iam.send(new ListRolesCommand({}));
    expect(all.Roles).toHaveLength(aws.iam.roles().length);
  });

  it('authorizes ListRoles by the requested path', async () => {
    const { aws } = await withReader();
    const lister = sessionWith(
      aws,
      'Lister',
      allow('iam:ListRoles', `arn:aws:iam::${ACCOUNT}:role/team/one/`),
    );
    const iam = new IAMClient({ ...lister, maxAttempts: 1 });
    await expect(iam.send(new ListRolesCommand({ PathPrefix: '/team/one/' }))).resolves.toBeDefined();
    for (const PathPrefix of ['/team/', '/team/one/more/', '/team/two/', undefined])
      expect(await refusal(iam.send(new ListRolesCommand({ PathPrefix })))).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining(
          `iam:ListRoles on resource: arn:aws:iam::${ACCOUNT}:role${PathPrefix ?? '/'} because`,
        ),
      });
  });

  it('lists more than 100 policies of a role on more than one page', async () => {
    const { aws, clock, iam } = await withReader();
    for (let index = 0; index < 120; index += 1)
      aws.iam.putInline('Reader', `p-${index}`, allow('s3:GetObject'), clock.nowMs());
    const pages: number[] = [];
    for await (const { PolicyNames = [] } of paginateListRolePolicies(
      { client: iam },
      { RoleName: 'Reader' },
    ))
      pages.push(PolicyNames.length);
    expect(pages).toEqual([100, 21]);
  });

  const ofSize = (characters: number) => {
    const empty = JSON.stringify(allow('s3:GetObject', ''));
    return JSON.stringify(
      allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(characters - empty.length - 13)}`),
    );
  };

  it('counts 10,240 characters of inline policies without white space, and not one more', async () => {
    const { aws, iam } = await withReader();
    aws.iam.putRole({ name: 'Full', trust: ACCOUNT_TRUST }, START_MS);
    await iam.send(put('Full', 'a', `  ${ofSize(5_000)}\n\t`));
    await iam.send(put('Full', 'b', ofSize(5_240)));
    expect(await refusal(iam.send(put('Full', 'b', ofSize(5_241))))).toMatchObject({
      name: 'LimitExceededException',
      message: 'Maximum policy size of 10240 bytes exceeded for role Full',
      status: 409,
    });
  });

  const role = 'Reader';
  it.each([
    ['a role that does not exist', put('Nobody', 'p', DENY_ALL), 'NoSuchEntityException'],
    [
      'a policy that does not exist',
      new GetRolePolicyCommand({ RoleName: role, PolicyName: 'none' }),
      'NoSuchEntityException',
    ],
    [
      'deleting a policy that does not exist',
      new DeleteRolePolicyCommand({ RoleName: role, PolicyName: 'none' }),
      'NoSuchEntityException',
    ],
    ['what is not JSON', put(role, 'p', '{'), 'MalformedPolicyDocumentException'],
    [
      'a statement without an effect',
      put(role, 'p', '{"Version":"2012-10-17","Statement":[{"Action":"*","Resource":"*"}]}'),
      'MalformedPolicyDocumentException',
    ],
    [
      'a principal in an identity policy',
      put(
        role,
        'p',
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
        }),
      ),
      'MalformedPolicyDocumentException',
    ],
    ['a policy name of 129 characters', put(role, 'p'.repeat(129), DENY_ALL), 'ValidationError'],
    ['a policy name with a slash', put(role, 'a/b', DENY_ALL), 'ValidationError'],
    ['a role name of 65 characters', put('r'.repeat(65), 'p', DENY_ALL), 'ValidationError'],
    ['a path that does not end in a slash', new ListRolesCommand({ PathPrefix: '/team' }), 'ValidationError'],
    ['a page of none', new ListRolesCommand({ MaxItems: 0 }), 'ValidationError'],
    ['a page of 1,001', new ListRolesCommand({ MaxItems: 1001 }), 'ValidationError'],
    ['an invalid marker', new ListRolesCommand({ Marker: 'own' }), 'ValidationError'],
    ['an unsupported operation', new ListUsersCommand({}), 'InvalidAction'],
  ] as const)('refuses %s', async (_what, command, name) => {
    const { iam } = await withReader();
    expect(await refusal(iam.send(command as never))).toMatchObject({ name });
  });

  it('lets a caller write only to roles with the boundary', async () => {
    const { aws } = await withReader();
    const boundaryArn = `arn:aws:iam::${ACCOUNT}:policy/ceiling`;
    aws.iam.putRole({ name: 'Bounded', trust: ACCOUNT_TRUST, boundaryArn }, START_MS);
    const writer = new IAMClient({
      ...sessionWith(
        aws,
        'Writer',
        allow('iam:PutRolePolicy', '*', {
          Condition: { ArnEquals: { 'iam:PermissionsBoundary': boundaryArn } },
        }),
      ),
      maxAttempts: 1,
    });
    await writer.send(put('Bounded', 'deny', DENY_ALL));
    expect(await refusal(writer.send(put('Reader', 'deny', DENY_ALL)))).toEqual({
      name: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/Writer/someone is not authorized to perform: iam:PutRolePolicy on resource: ${roleArn('Reader')} because no identity-based policy allows the iam:PutRolePolicy action`,
    });
  });
});

it('records which statement of which policy allowed a call', async () => {
  const { aws, read } = await withReader();
  await read();
  await read();
  expect(aws.usage).toEqual([
    {
      kind: 'identity',
      roleName: 'Reader',
      policyName: 'permissions',
      statement: 'Given',
      action: 'ssm:GetParameter',
      resource: `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/types`,
    },
  ]);
});
