import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { manifest } from '../../../core/manifest/manifest.ts';
import { BoundedTask, EvidenceArchive, TaskBoundary, Tool, personalPrincipal } from '../../../lib/index.ts';
import { mostCharacters } from '../../../lib/manifest/most-characters.ts';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { inlineWork, listOf, ofType, resourcesOf, stackWith, textOf } from '../sample.ts';

const parameterOf = (stack: Stack) =>
  ofType(resourcesOf(stack), 'AWS::SSM::Parameter').find(([id]) => id.startsWith('BoundaryManifest'))?.[1];
const manifestOf = (stack: Stack) =>
  manifest.parse(JSON.parse(textOf(parameterOf(stack)?.Properties['Value'])));
const roleIn = (scope: Stack, id: string) => new iam.Role(scope, id, { assumedBy: personalPrincipal() });

describe('the manifest', () => {
  it('is one parameter of the stack, with everything that a client needs', () => {
    const { stack } = stackWith({}, (scope) => ({
      archive: EvidenceArchive.fromBucket(s3.Bucket.fromBucketName(scope, 'Kept', 'kept'), 'evidence/'),
    }));
    expect(parameterOf(stack)?.Properties).toMatchObject({
      Name: '/taskbound/Other/manifest',
      Type: 'String',
      Tier: 'Intelligent-Tiering',
    });
    expect(manifestOf(stack)).toEqual({
      version: 1,
      stack: 'Other',
      submitUrl: expect.stringMatching(/^<BoundaryControlSubmit\w+\.FunctionUrl>$/),
      decideUrl: expect.stringMatching(/^<BoundaryControlDecide\w+\.FunctionUrl>$/),
      endUrl: expect.stringMatching(/^<BoundaryControlEnd\w+\.FunctionUrl>$/),
      ledgerTable: expect.stringMatching(/^<BoundaryRecordsLedger\w+>$/),
      evidenceTable: expect.stringMatching(/^<BoundaryRecordsEvidence\w+>$/),
      evidenceKeyArn: expect.stringMatching(/^<BoundaryRecordsEvidenceKey\w+\.Arn>$/),
      archive: { bucket: 'kept', prefix: 'evidence/' },
      alarmTopicArn: expect.stringMatching(/^<BoundaryAlarmsTopic\w+>$/),
      typesPath: '/taskbound/Other/types/',
      types: ['reader'],
      roles: [],
    });
  });

  it('names the types in order, and null without an archive', () => {
    const { stack, boundary } = stackWith();
    for (const type of ['zebra', 'ant'])
      new BoundedTask(stack, type, {
        boundary,
        type,
        tools: { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/fixed') },
        work: inlineWork(),
      });
    expect(manifestOf(stack)).toMatchObject({ types: ['ant', 'reader', 'zebra'], archive: null });
  });

  it('names each role of a grant once, by the path of its construct, with the grants that no type contains', () => {
    const { stack, boundary, task } = stackWith();
    const people = roleIn(stack, 'People');
    task.grantSubmit(people);
    task.grantRead(people);
    boundary.grantRead(people);
    boundary.grantDrain(roleIn(stack, 'Operators'));
    task.grantDecide(iam.Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::111122223333:role/a/Theirs'));
    boundary.grantRead(new iam.User(stack, 'Robot'));
    expect(manifestOf(stack).roles).toEqual([
      { name: 'People', arn: expect.stringMatching(/^<People\w+\.Arn>$/), grants: ['read', 'read:reader'] },
      { name: 'Operators', arn: expect.stringMatching(/^<Operators\w+\.Arn>$/), grants: ['drain'] },
      { name: 'Theirs', arn: 'arn:aws:iam::111122223333:role/a/Theirs', grants: [] },
    ]);
  });

  it('can be read with each grant', () => {
    const { stack, boundary, task } = stackWith();
    const grants = {
      Submit: (role: iam.IRole) => task.grantSubmit(role),
      Decide: (role: iam.IRole) => task.grantDecide(role),
      End: (role: iam.IRole) => task.grantEnd(role),
      ReadType: (role: iam.IRole) => task.grantRead(role),
      Read: (role: iam.IRole) => boundary.grantRead(role),
      Drain: (role: iam.IRole) => boundary.grantDrain(role),
    };
    for (const [id, grant] of Object.entries(grants)) grant(roleIn(stack, `${id}Only`));
    const policies = ofType(resourcesOf(stack), 'AWS::IAM::Policy');
    for (const id of Object.keys(grants)) {
      const found = policies.filter(([name]) => name.startsWith(`${id}Only`));
      const resources = found.flatMap(([, { Properties }]) =>
        (Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }).Statement.filter(
          ({ Action }) => Action === 'ssm:GetParameter',
        ).flatMap(({ Resource }) => listOf(Resource).map(textOf)),
      );
      expect(resources.filter((arn) => arn.endsWith(':parameter/taskbound/Other/manifest'))).toHaveLength(1);
    }
  });
});

describe('a manifest that is too long for an SSM parameter', () => {
  it('leaves out the last roles, with a warning that names them', () => {
    const { stack, boundary } = stackWith();
    for (let number = 1; number <= 80; number += 1) boundary.grantRead(roleIn(stack, `Readers${number}`));
    const named = manifestOf(stack).roles.map(({ name }) => name);
    expect(named[0]).toBe('Readers1');
    expect(named.length).toBeGreaterThan(20);
    expect(named).not.toContain('Readers80');
    Annotations.fromStack(stack).hasWarning(
      '/Other/Boundary/Manifest',
      Match.stringLikeRegexp(
        'has no room for these roles: .*Readers80\\. Commands accept them by their ARN only: --as NAME@ARN',
      ),
    );
  });

  it('is refused at synth with the figures when the types alone are too many', () => {
    const { stack, boundary } = stackWith();
    for (let number = 0; number < 400; number += 1)
      boundary._manifest.addType(`a-type-with-a-name${String(number).padStart(4, '0')}`);
    expect(() => Template.fromStack(stack)).toThrow(
      /The manifest of 401 task types may have \d{4,5} characters without its roles; an SSM parameter holds at most 8192/,
    );
  });
});

describe('mostCharacters', () => {
  const stack = new Stack(new App(), 'Sized');
  const output = (value: string) => new CfnOutput(stack, value, { value });
  output('x');
  const role = roleIn(stack, 'Role');
  it.each<[string, unknown]>([
    ['plain values', { a: 'text "quoted"', b: [1, true, null], c: {}, d: [] }],
    ['nothing', {}],
  ])('is the exact length of the JSON of %s', (_what, value) =>
    expect(mostCharacters(stack, value)).toBe(JSON.stringify(value).length),
  );

  it('of a reference is at least as long as any value of it', () => {
    const longest = `arn:aws-us-gov:iam::111122223333:role/${'a'.repeat(64)}`;
    expect(mostCharacters(stack, { arn: role.roleArn })).toBeGreaterThanOrEqual(
      JSON.stringify({ arn: longest }).length,
    );
    expect(mostCharacters(stack, [`s3://${role.roleName}/x`, stack.region])).toBeGreaterThan(64 + 14);
  });
});

describe('a role of another stack of the app', () => {
  const app = new App({ treeMetadata: false });
  const people = new Stack(app, 'People');
  const tasks = new Stack(app, 'Tasks');
  const role = roleIn(people, 'Requesters');
  const boundary = new TaskBoundary(tasks, 'Boundary');
  const task = new BoundedTask(tasks, 'Reader', {
    boundary,
    type: 'reader',
    tools: { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/fixed') },
    work: inlineWork(),
  });
  task.grantSubmit(role, { personal: true });
  task.grantRead(role);
  boundary.grantRead(role);

  it('gets its policy in the stack of the boundary, so that only this stack needs the other', () => {
    const found = manifestOf(tasks).roles;
    expect(found).toEqual([
      {
        name: 'People/Requesters',
        arn: expect.stringMatching(/^<People:ExportsOutput.*Requesters/),
        grants: ['read', 'read:reader'],
      },
    ]);
    expect(tasks.dependencies).toEqual([people]);
    expect(people.dependencies).toEqual([]);
    const policies = ofType(resourcesOf(tasks), 'AWS::IAM::Policy').filter(([id]) => id.includes('Grantee'));
    expect(policies).toHaveLength(1);
  });
});
