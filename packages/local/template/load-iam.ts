import * as z from 'zod';
import { AWS_MANAGED_POLICIES } from '../iam/aws-managed-policies.ts';
import { MAX_INLINE_CHARACTERS } from '../iam/iam-service.ts';
import { type IamStore, NO_TRUST, EMPTY_POLICY, BEFORE_ALL_CALLS } from '../iam/iam-store.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { LoadContext, Loader } from './load-context.ts';
import { policyOf } from './policies.ts';
import { number, readProperties, cannotLoad, tagList } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

/** Without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_MANAGED_CHARACTERS = 6_144;

const inlinePolicy = z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() });

const roleProperties = z.looseObject({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(inlinePolicy).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.string().optional(),
  MaxSessionDuration: number.optional(),
  Path: z.string().optional(),
  Description: z.string().optional(),
  Tags: tagList.default([]),
});

const countCharacters = (document: unknown): number => JSON.stringify(document).replace(/\s/g, '').length;

/** Puts an inline policy if it changed. In an update, the change takes effect with IAM's delay, as on AWS. */
function putInline(
  { iam, previous, atMs }: LoadContext,
  roleName: string,
  policy: z.infer<typeof inlinePolicy>,
  resource: ResolvedResource,
): void {
  const document = policyOf(policy.PolicyDocument, 'identity', resource);
  if (document === undefined) return;
  const current = iam.inlinePolicies(roleName, atMs).find(({ name }) => name === policy.PolicyName);
  if (JSON.stringify(current?.document) === JSON.stringify(document)) return;
  iam.putInline(roleName, policy.PolicyName, document, previous.size === 0 ? BEFORE_ALL_CALLS : atMs);
  const total = iam
    .inlinePolicies(roleName, atMs)
    .reduce((sum, { document: one }) => sum + countCharacters(one), 0);
  if (total > MAX_INLINE_CHARACTERS)
    throw cannotLoad(
      resource,
      `the inline policies of ${roleName} have ${total} characters in total; IAM allows ${MAX_INLINE_CHARACTERS}`,
    );
}

/** Checks that a managed policy is in the template or is a known AWS managed policy. Returns its ARN. */
function ensureManagedPolicy(iam: IamStore, arn: string, resource: ResolvedResource): string {
  if (iam.hasManagedPolicy(arn)) return arn;
  const document = AWS_MANAGED_POLICIES[arn];
  if (document === undefined)
    throw cannotLoad(
      resource,
      `the managed policy ${arn} is neither in the template nor known to the embedded AWS`,
    );
  iam.putManagedPolicy(arn, document);
  return arn;
}

export const loadRole: Loader = (resource, context) => {
  const { iam, atMs } = context;
  const properties = readProperties(roleProperties, resource);
  const { MaxSessionDuration, PermissionsBoundary, Path, Description } = properties;
  iam.putRole(
    {
      name: resource.physicalId,
      trust: policyOf(properties.AssumeRolePolicyDocument, 'trust', resource) ?? NO_TRUST,
      tags: Object.fromEntries(properties.Tags.map(({ Key, Value }) => [Key, Value])),
      ...omitUndefined({ maxSessionSeconds: MaxSessionDuration }),
      ...(PermissionsBoundary !== undefined && {
        boundaryArn: ensureManagedPolicy(iam, PermissionsBoundary, resource),
      }),
      ...omitUndefined({ path: Path, description: Description }),
    },
    atMs,
  );
  for (const arn of properties.ManagedPolicyArns)
    iam.attach(resource.physicalId, ensureManagedPolicy(iam, arn, resource));
  for (const policy of properties.Policies) putInline(context, resource.physicalId, policy, resource);
};

const policyProperties = z.looseObject({
  PolicyDocument: z.unknown(),
  Roles: z.array(z.string()).default([]),
});

export const loadPolicy: Loader = (resource, context) => {
  const { PolicyDocument, Roles } = readProperties(policyProperties, resource);
  for (const role of Roles)
    putInline(context, role, { PolicyName: resource.physicalId, PolicyDocument }, resource);
};

export const loadManagedPolicy: Loader = (resource, { iam }) => {
  const { PolicyDocument, Roles } = readProperties(policyProperties, resource);
  const characters = countCharacters(PolicyDocument);
  if (characters > MAX_MANAGED_CHARACTERS)
    throw cannotLoad(resource, `it has ${characters} characters; IAM allows ${MAX_MANAGED_CHARACTERS}`);
  iam.putManagedPolicy(resource.arn, policyOf(PolicyDocument, 'identity', resource) ?? EMPTY_POLICY);
  for (const role of Roles) iam.attach(role, resource.arn);
};
