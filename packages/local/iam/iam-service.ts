import type { NamedPolicy } from 'taskbound-iam/policy';
import type { CredentialStore } from '../gateway/auth/credentials.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { toSecond } from '../trail/trail.ts';
import {
  type QueryInput,
  type QueryOperation,
  QueryService,
  checkLength,
  checkPattern,
  required,
} from '../gateway/wire/query-service.ts';
import type { XmlValue } from '../gateway/wire/xml.ts';
import { type IamStore, type Role } from './iam-store.ts';
import { pageOf, pathPrefixOf } from './paging.ts';
import { readPolicy } from './read-policy.ts';

/**
 * The total size of a role's inline policies, without white space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_INLINE_CHARACTERS = 10_240;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
const MAX_ROLE_NAME = 64;
const MAX_POLICY_NAME = 128;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
const MAX_USER_NAME = 128;

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

function nameOf(input: QueryInput, field: 'RoleName' | 'PolicyName'): string {
  const name = required(input, field);
  checkLength(name, field, 1, field === 'RoleName' ? MAX_ROLE_NAME : MAX_POLICY_NAME);
  checkPattern(name, field, /^[\w+=,.@-]+$/, '[\\w+=,.@-]+');
  return name;
}

const countCharacters = (text: string): number => text.replace(/\s/g, '').length;

/** The text of a policy, as GetRolePolicy returns it and the quota counts it. */
const textOf = (policy: NamedPolicy): string => JSON.stringify(policy.document);

function checkQuota(role: Role, others: readonly NamedPolicy[], text: string): void {
  const total = others.reduce((sum, policy) => sum + countCharacters(textOf(policy)), countCharacters(text));
  if (total <= MAX_INLINE_CHARACTERS) return;
  throw new AwsError(
    'LimitExceeded',
    `Maximum policy size of ${MAX_INLINE_CHARACTERS} bytes exceeded for role ${role.name}`,
    409,
  );
}

const encode = (text: string): string => encodeURIComponent(text);

function describe(role: Role): Record<string, XmlValue> {
  const boundary = role.boundaryArn && {
    PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
    PermissionsBoundaryArn: role.boundaryArn,
  };
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: toSecond(role.createdMs),
    AssumeRolePolicyDocument: encode(JSON.stringify(role.trust)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    PermissionsBoundary: boundary === undefined || boundary === '' ? undefined : boundary,
    Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** ListRoles omits these fields: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
const listed = (role: Role): XmlValue => ({
  ...describe(role),
  PermissionsBoundary: undefined,
  Tags: undefined,
});

/**
 * Creates a key for a user, and the user with the first key. Needs permission, because a user's key can
 * approve as that user.
 */
const createAccessKey =
  (credentials: CredentialStore): QueryOperation =>
  (input, call) => {
    const UserName = required(input, 'UserName');
    checkLength(UserName, 'UserName', 1, MAX_USER_NAME);
    checkPattern(UserName, 'UserName', /^[\w+=,.@-]+$/, '[\\w+=,.@-]+');
    const resource = `arn:aws:iam::${call.caller.accountId}:user/${UserName}`;
    call.record({ requestParameters: { userName: UserName } });
    call.authorize({ action: 'iam:CreateAccessKey', resource });
    const { accessKeyId: AccessKeyId, secretAccessKey } = credentials.issueToUser(UserName);
    const CreateDate = toSecond(call.atMs);
    return {
      AccessKey: { UserName, AccessKeyId, Status: 'Active', SecretAccessKey: secretAccessKey, CreateDate },
    };
  };

/** The IAM operations that Taskbound calls. No others are supported. */
export function iamService(store: IamStore, credentials: CredentialStore): QueryService {
  /** Authorizes the call for a role. A role that does not exist is authorized by the ARN that it would have. */
  const target = (input: QueryInput, call: Call, action: string): Role => {
    const name = nameOf(input, 'RoleName');
    const found = store.roles().find((role) => role.name === name);
    const context = found?.boundaryArn === undefined ? {} : { 'iam:PermissionsBoundary': found.boundaryArn };
    call.authorize({
      action: `iam:${action}`,
      resource: found?.arn ?? `arn:aws:iam::${call.caller.accountId}:role/${name}`,
      context,
    });
    return found ?? store.role(name);
  };
  /** IAM's own API shows changes at once. Only enforcement is delayed. */
  const operations: Record<string, QueryOperation> = {
    PutRolePolicy: (input, call) => {
      const [roleName, policyName] = [nameOf(input, 'RoleName'), nameOf(input, 'PolicyName')];
      const text = required(input, 'PolicyDocument');
      call.record({ requestParameters: { roleName, policyName, policyDocument: text } });
      const role = target(input, call, 'PutRolePolicy');
      const document = readPolicy(text, 'identity', 'MalformedPolicyDocument');
      checkQuota(
        role,
        store.inlinePolicies(role.name, call.atMs).filter(({ name }) => name !== policyName),
        text,
      );
      store.putInline(role.name, policyName, document, call.atMs);
      return {};
    },
    DeleteRolePolicy: (input, call) => {
      const [roleName, policyName] = [nameOf(input, 'RoleName'), nameOf(input, 'PolicyName')];
      call.record({ requestParameters: { roleName, policyName } });
      store.deleteInline(target(input, call, 'DeleteRolePolicy').name, policyName, call.atMs);
      return {};
    },
    GetRolePolicy: (input, call) => {
      const [RoleName, PolicyName] = [nameOf(input, 'RoleName'), nameOf(input, 'PolicyName')];
      call.record({ requestParameters: { roleName: RoleName, policyName: PolicyName } });
      const document = store.inline(target(input, call, 'GetRolePolicy').name, PolicyName, call.atMs);
      return { RoleName, PolicyName, PolicyDocument: encode(JSON.stringify(document)) };
    },
    ListRolePolicies: (input, call) => {
      call.record({ requestParameters: { roleName: nameOf(input, 'RoleName') } });
      const role = target(input, call, 'ListRolePolicies');
      const names = store.inlinePolicies(role.name, call.atMs).map(({ name }) => name);
      const { items, ...more } = pageOf(names.toSorted(), input);
      return { PolicyNames: items, ...more };
    },
    ListRoles: (input, call) => {
      const pathPrefix = pathPrefixOf(input);
      call.record({ requestParameters: { pathPrefix } });
      const resource = `arn:aws:iam::${call.caller.accountId}:role${pathPrefix}`;
      call.authorize({ action: 'iam:ListRoles', resource });
      const found = store.roles().filter(({ path }) => path.startsWith(pathPrefix));
      const byName = found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const { items, ...more } = pageOf(byName, input);
      return { Roles: items.map(listed), ...more };
    },
    CreateAccessKey: createAccessKey(credentials),
    GetRole: (input, call) => {
      call.record({ requestParameters: { roleName: nameOf(input, 'RoleName') } });
      return { Role: describe(target(input, call, 'GetRole')) };
    },
  };
  return new QueryService('iam', NAMESPACE, operations);
}
