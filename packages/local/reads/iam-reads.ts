import { AwsError, type Call } from '../gateway/service.ts';
import { type QueryInput, type QueryOperation, required } from '../gateway/wire/query-service.ts';
import type { XmlFields } from '../gateway/wire/xml.ts';
import type { EmbeddedServices } from '../embedded/services.ts';
import type { IamStore, Role } from '../iam/iam-store.ts';
import { pageOf } from '../iam/paging.ts';
import { toSecond } from '../trail/trail.ts';
import { assertKnown } from './known-parameters.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, textOf } from './stack-resources.ts';

const POLICY = ['AWS::IAM::ManagedPolicy'];
const nameIn = (arn: string): string => arn.split('/').at(-1) ?? arn;
const pathIn = (arn: string): string => /:policy(\/(?:.*\/)?)[^/]+$/.exec(arn)?.[1] ?? '/';
const isOfAws = (arn: string): boolean => arn.startsWith('arn:aws:iam::aws:');
/** AWS's ids are random; these depend on the ARN, so that they are the same at each start. */
const policyId = (arn: string): string =>
  `ANPA${Buffer.from(arn).toString('hex').toUpperCase().slice(-16).padStart(16, '0')}`;

/** The calls that describe policies: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const iamReads = (
  { iam }: EmbeddedServices,
  resources: StackResources,
): Readonly<Record<string, QueryOperation>> => ({
  ...roleReads(iam),
  ...policyReads(iam, resources),
  ListAccountAliases: listAccountAliases,
});

function roleReads(iam: IamStore): Readonly<Record<string, QueryOperation>> {
  const roleOf = (input: QueryInput, call: Call, action: string): Role => {
    const name = required(input, 'RoleName');
    const role = iam.roles().find((one) => one.name === name);
    const resource = role?.arn ?? `arn:aws:iam::${call.caller.accountId}:role/${name}`;
    authorizeRead(call, { action: `iam:${action}`, resource, parameters: { roleName: name } });
    return role ?? iam.role(name);
  };
  return {
    ListAttachedRolePolicies: (input, call) => {
      assertKnown(input, ['RoleName', 'PathPrefix', 'Marker', 'MaxItems']);
      const { name } = roleOf(input, call, 'ListAttachedRolePolicies');
      const arns = iam
        .attachedTo(name)
        .filter((arn) => pathIn(arn).startsWith(input.get('PathPrefix') ?? '/'));
      const { items, ...more } = pageOf(arns.toSorted(), input);
      return { AttachedPolicies: items.map((arn) => ({ PolicyName: nameIn(arn), PolicyArn: arn })), ...more };
    },
    ListRoleTags: (input, call) => {
      assertKnown(input, ['RoleName', 'Marker', 'MaxItems']);
      const { tags } = roleOf(input, call, 'ListRoleTags');
      const { items, ...more } = pageOf(Object.entries(tags), input);
      return { Tags: items.map(([Key, Value]) => ({ Key, Value })), ...more };
    },
  };
}

function policyReads(iam: IamStore, resources: StackResources): Readonly<Record<string, QueryOperation>> {
  const policyOf = (input: QueryInput, call: Call, action: string): string => {
    const arn = required(input, 'PolicyArn');
    authorizeRead(call, { action: `iam:${action}`, resource: arn, parameters: { policyArn: arn } });
    if (iam.managedPolicy(arn) === undefined)
      throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
    return arn;
  };
  const attachments = (arn: string): number =>
    iam.roles().filter(({ name }) => iam.attachedTo(name).includes(arn)).length;
  const describe = (arn: string): XmlFields => ({
    PolicyName: nameIn(arn),
    PolicyId: policyId(arn),
    Arn: arn,
    Path: pathIn(arn),
    DefaultVersionId: 'v1',
    AttachmentCount: attachments(arn),
    PermissionsBoundaryUsageCount: iam.roles().filter(({ boundaryArn }) => boundaryArn === arn).length,
    IsAttachable: true,
    Description: textOf(resources.properties(POLICY, arn), 'Description'),
    CreateDate: toSecond(resources.createdMs(arn)),
    UpdateDate: toSecond(resources.createdMs(arn)),
  });
  const version = (arn: string): XmlFields => ({
    VersionId: 'v1',
    IsDefaultVersion: true,
    CreateDate: toSecond(resources.createdMs(arn)),
  });
  return {
    ListPolicies: (input, call) => {
      assertKnown(input, ['Scope', 'OnlyAttached', 'PathPrefix', 'PolicyUsageFilter', 'Marker', 'MaxItems']);
      authorizeRead(call, { action: 'iam:ListPolicies', resource: '*' });
      const scope = input.get('Scope') ?? 'All';
      const arns = iam
        .managedPolicyArns()
        .filter((arn) => scope === 'All' || isOfAws(arn) === (scope === 'AWS'))
        .filter((arn) => input.get('OnlyAttached') !== 'true' || attachments(arn) > 0)
        .filter((arn) => pathIn(arn).startsWith(input.get('PathPrefix') ?? '/'));
      const { items, ...more } = pageOf(arns.toSorted(), input);
      return { Policies: items.map(describe), ...more };
    },
    GetPolicy: (input, call) => {
      assertKnown(input, ['PolicyArn']);
      return { Policy: describe(policyOf(input, call, 'GetPolicy')) };
    },
    ListPolicyVersions: (input, call) => {
      assertKnown(input, ['PolicyArn', 'Marker', 'MaxItems']);
      return { Versions: [version(policyOf(input, call, 'ListPolicyVersions'))], IsTruncated: false };
    },
    GetPolicyVersion: (input, call) => {
      assertKnown(input, ['PolicyArn', 'VersionId']);
      const arn = policyOf(input, call, 'GetPolicyVersion');
      const id = required(input, 'VersionId');
      if (id !== 'v1')
        throw new AwsError(
          'NoSuchEntity',
          `Policy ${arn} version ${id} does not exist or is not attachable.`,
          404,
        );
      return {
        PolicyVersion: {
          Document: encodeURIComponent(JSON.stringify(iam.managedPolicy(arn))),
          ...version(arn),
        },
      };
    },
  };
}

const listAccountAliases: QueryOperation = (input, call) => {
  assertKnown(input, ['Marker', 'MaxItems']);
  authorizeRead(call, { action: 'iam:ListAccountAliases', resource: '*' });
  return { AccountAliases: [], IsTruncated: false };
};
