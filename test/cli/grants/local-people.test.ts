import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedAws, LoadedStack } from 'taskbound-local/embedded-aws';
import { findManifest } from '../../../cli/connection/find-manifest.ts';
import type { Act } from '../../../cli/connection/granted-roles.ts';
import { personConfig } from '../../../cli/connection/person-config.ts';
import { parsePersona } from '../../../cli/connection/persona.ts';
import { manifestName, type Manifest } from '../../../core/manifest/manifest.ts';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import { manifestIn, roleNamed } from '../../../simulation/world/stack-manifest.ts';
import { GrantedStack } from '../../fixtures/granted-stack.ts';
import { declaredWorld } from '../../fixtures/declared-world.ts';
import { recordingIo, T0 } from '../support.ts';

let aws: EmbeddedAws;
let stack: LoadedStack;
let manifest: Manifest;
const load = declaredWorld((app) => new GrantedStack(app), T0);
beforeEach(async () => {
  ({ aws, stack, manifest } = await load());
});

/** Who acts: the ARN of the session that the command gets. */
async function actor(act: Act, as?: string): Promise<string | undefined> {
  const acting = {
    manifest: manifestIn(aws, stack.stackName),
    config: aws.clientConfig(),
    clock: aws.clock,
    hasPeople: false,
    ...(as !== undefined && { as: parsePersona(as, '--as') }),
  };
  const { credentials } = await personConfig(acting, recordingIo('/', { userName: 'zoe' }).io, act);
  return typeof credentials === 'function' ? (await credentials()).arn : undefined;
}

/** Changes the people of a type as a deployment would. */
function changePeople(change: (people: TaskTypeConfig['people']) => Partial<TaskTypeConfig['people']>): void {
  const name = '/taskbound/Granted/types/plain';
  const config = JSON.parse(aws.ssm.value(name) ?? '') as TaskTypeConfig;
  const people = { ...config.people, ...change(config.people) };
  aws.ssm.putParameter(name, JSON.stringify({ ...config, people }), T0);
}

function changeRoles(change: (roles: Manifest['roles']) => Manifest['roles']): void {
  const changed = { ...manifest, roles: change(manifest.roles) };
  aws.ssm.putParameter(manifestName('Granted'), JSON.stringify(changed), T0);
}

describe('without --as, the person at an embedded AWS acts in the first role that the grants allow', () => {
  it.each<[Act, string]>([
    [{ kind: 'submit', type: 'plain' }, 'SubmitOnly'],
    [{ kind: 'decide', type: 'approved' }, 'DecideOnly'],
    [{ kind: 'end', type: 'plain' }, 'EndOnly'],
    [{ kind: 'read' }, 'ReadOnly'],
    [{ kind: 'read', type: 'plain' }, 'ReadOnly'],
    [{ kind: 'drain' }, 'DrainOnly'],
  ])('%j as %s', async (act, role) => {
    expect(await actor(act)).toMatch(new RegExp(`:assumed-role/Granted-${role}\\w*/zoe$`));
  });

  it('reads the tasks of a type in a role of that type when nobody may read across types', async () => {
    changeRoles((roles) => roles.filter(({ name }) => name !== 'ReadOnly'));
    expect(await actor({ kind: 'read', type: 'plain' })).toMatch(/Granted-ReadTypeOnly\w*\/zoe$/);
    await expect(actor({ kind: 'read' })).rejects.toThrow(/Call grantRead\(role\) of the boundary/);
  });

  it('skips a role that people cannot assume', async () => {
    const machine = aws.iam.roles().find(({ name }) => name.includes('Workflow'))?.arn ?? '';
    changePeople(({ submit }) => ({ submit: [{ roleArn: machine, personal: false }, ...submit] }));
    expect(await actor({ kind: 'submit', type: 'plain' })).toMatch(/Granted-SubmitOnly\w*\/zoe$/);
    changePeople(() => ({ submit: [{ roleArn: machine, personal: false }] }));
    await expect(actor({ kind: 'submit', type: 'plain' })).rejects.toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(
        /^None of the roles that may submit tasks accepts zoe in the embedded AWS\. Let a role with the trust personalPrincipal\(\) do it, or give --as NAME@ROLE\..*Workflow/,
      ),
    });
  });

  it.each<[Act, RegExp]>([
    [
      { kind: 'submit', type: 'plain' },
      /^Nobody may submit tasks of the type plain in the stack Granted: no role has the grant\. Nothing was done\. Call grantSubmit\(role\) of the type plain, and give it the role of these people\.$/,
    ],
    [{ kind: 'decide', type: 'plain' }, /Call grantDecide\(role\) of the type plain/],
    [{ kind: 'end', type: 'plain' }, /Call grantEnd\(role\) of the type plain/],
    [
      { kind: 'read', type: 'plain' },
      /Call grantRead\(role\) of the boundary, or grantRead\(role\) of the type plain/,
    ],
    [
      { kind: 'drain' },
      /^Nobody may drain the stack in the stack Granted.*Call grantDrain\(role\) of the boundary/,
    ],
  ])('%j without any grant is refused with the method to call', async (act, message) => {
    changePeople(() => ({ submit: [], decide: [], end: [] }));
    changeRoles(() => []);
    await expect(actor(act)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
  });

  it('an unknown type is refused with the types', async () => {
    await expect(actor({ kind: 'end', type: 'gone' })).rejects.toThrow(
      /Task type "gone" is not known in this stack; allowed: approved, plain/,
    );
  });
});

describe('--as NAME@ROLE', () => {
  it.each(['ann@EndOnly', 'ann@ARN'])('%s acts in that role', async (text) => {
    const as = text.replace('ARN', roleNamed(manifest, 'EndOnly'));
    expect(await actor({ kind: 'submit', type: 'plain' }, as)).toMatch(/Granted-EndOnly\w*\/ann$/);
  });

  it('an unknown role is refused with the roles of the grants', async () => {
    await expect(actor({ kind: 'read' }, 'ann@Strangers')).rejects.toThrow(
      /"Strangers" is no role of the stack Granted; its grants name the roles SubmitOnly \(arn:aws:iam::.*DrainOnly/,
    );
  });
});

describe('a user who may only assume a role, and not read the manifest', () => {
  const ann = async (as?: string) => {
    const { AccessKey } = await new IAMClient({ ...aws.clientConfig() }).send(
      new CreateAccessKeyCommand({ UserName: 'ann' }),
    );
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
    aws.intercept = ({ operation, caller }) =>
      operation === 'GetParameter' && caller.arn.includes(':user/')
        ? { refuse: { name: 'AccessDeniedException', message: 'No.', status: 400 } }
        : 'proceed';
    return {
      config: { ...aws.clientConfig(), credentials },
      clock: aws.clock,
      hasPeople: true,
      ...(as !== undefined && { as: parsePersona(as, '--as') }),
    };
  };

  it('reads it in the role whose ARN --as gives', async () => {
    const acting = await ann(`ann@${roleNamed(manifest, 'EndOnly')}`);
    expect(await findManifest('Granted', acting)).toEqual(manifest);
  });

  it('reads it in the role that an output names', async () => {
    const outputs = [{ key: 'Enders', value: roleNamed(manifest, 'EndOnly') }];
    const [[name, declared] = []] = aws.cloudformation.stacks;
    if (name !== undefined && declared !== undefined)
      aws.cloudformation.stacks.set(name, { ...declared, outputs });
    expect(await findManifest('Granted', await ann('ann@Enders'))).toEqual(manifest);
  });

  it.each([undefined, 'ann@EndOnly'])('is refused with --as %s, with the grants', async (as) => {
    const error: Error = await findManifest('Granted', await ann(as)).then(
      () => new Error('It was read.'),
      (thrown: Error) => thrown,
    );
    expect(error.name).toBe('NotPermitted');
    expect(error.message).toMatch(
      /ssm:GetParameter on the manifest of the stack, .* which every grant contains/,
    );
    if (as !== undefined)
      expect(error.message).toMatch(/Or name the role by its ARN.*--as ann@arn:aws:iam::ACCOUNT:role\/NAME/);
  });
});

describe('a stack without a manifest', () => {
  it('is refused with the parameter that was looked for', async () => {
    const acting = { config: aws.clientConfig(), clock: aws.clock, hasPeople: false };
    await expect(findManifest('Gone', acting)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(
        /^There is no stack "Gone" of Taskbound here: the SSM parameter \/taskbound\/Gone\/manifest does not exist.*deployed again/,
      ),
    });
  });

  it.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ version: 2 })],
  ])('and one whose manifest is %s is refused with the reason', async (_what, value) => {
    aws.ssm.putParameter(manifestName('Granted'), value, T0);
    const acting = { config: aws.clientConfig(), clock: aws.clock, hasPeople: false };
    await expect(findManifest('Granted', acting)).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(
        /parameter \/taskbound\/Granted\/manifest is not a manifest that this version reads/,
      ),
    });
  });
});
