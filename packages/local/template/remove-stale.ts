import type { LoadContext } from './load-context.ts';
import { cannotLoad } from './properties.ts';
import type { ResolvedResource, ResolvedStack } from './resolve.ts';

type Remover = (resource: ResolvedResource, context: LoadContext) => void;

const rolesOf = ({ properties }: ResolvedResource): string[] => {
  const roles = properties['Roles'];
  return Array.isArray(roles) ? roles.map(String) : [];
};

function removeInline(context: LoadContext, role: string, policy: string): void {
  const { iam, atMs } = context;
  if (!iam.hasRole(role)) return;
  if (iam.inlinePolicies(role, atMs).some(({ name }) => name === policy))
    iam.deleteInline(role, policy, atMs);
}

const refuseToDeleteData: Remover = (resource) => {
  throw cannotLoad(
    resource,
    'the new template does not contain it, and the embedded AWS deletes no data; set its DeletionPolicy to Retain',
  );
};

/** How to remove a resource that a new template does not contain. Other types can stay without harm. */
const REMOVERS: Readonly<Record<string, Remover>> = {
  // IAM does not delete a role that has policies, and CloudFormation then leaves it.
  'AWS::IAM::Role': ({ physicalId }, { iam, atMs }) => {
    if (iam.inlinePolicies(physicalId, atMs).length === 0) iam.removeRole(physicalId);
  },
  'AWS::IAM::Policy': (resource, context) => {
    for (const role of rolesOf(resource)) removeInline(context, role, resource.physicalId);
  },
  'AWS::Lambda::Function': ({ physicalId }, { functions }) => functions.removeFunction(physicalId),
  'AWS::Lambda::Version': ({ arn }, { functions }) => functions.removeVersion(arn),
  'AWS::Lambda::Permission': ({ physicalId, properties }, { functions }) => {
    const name = String(properties['FunctionName']);
    if (functions.has(name)) functions.removePermission(name, physicalId);
  },
  'AWS::StepFunctions::StateMachine': ({ arn }, { states }) => states.unregister(arn),
  'AWS::Events::Rule': ({ arn }, { events }) => events.removeRule(arn),
  'AWS::Scheduler::Schedule': ({ arn }, { schedules }) => schedules.remove(arn),
  'AWS::CloudWatch::Alarm': ({ arn }, { alarms }) => alarms.remove(arn),
  'AWS::Logs::LogGroup': ({ physicalId }, { logs }) => logs.remove(physicalId),
  'AWS::DynamoDB::Table': refuseToDeleteData,
  'AWS::DynamoDB::GlobalTable': refuseToDeleteData,
  'AWS::S3::Bucket': refuseToDeleteData,
  'AWS::SecretsManager::Secret': ({ arn }, { secrets, atMs }) => {
    const secret = secrets.store.find(arn, atMs);
    if (secret !== undefined) secrets.store.remove(secret.name);
  },
};

const keyOf = ({ type, physicalId }: ResolvedResource): string => `${type} ${physicalId}`;

/** Removes inline policies that a role no longer has, from its `Policies` or from a policy resource. */
function removeInlineLeftovers(before: ResolvedResource, now: ResolvedResource, context: LoadContext): void {
  if (now.type === 'AWS::IAM::Policy') {
    const kept = new Set(rolesOf(now));
    for (const role of rolesOf(before)) if (!kept.has(role)) removeInline(context, role, now.physicalId);
  }
  if (now.type === 'AWS::IAM::Role') {
    const kept = new Set(policyNames(now));
    for (const policy of policyNames(before))
      if (!kept.has(policy)) removeInline(context, now.physicalId, policy);
  }
}

const policyNames = ({ properties }: ResolvedResource): string[] => {
  const policies = properties['Policies'];
  if (!Array.isArray(policies)) return [];
  return policies.map((policy: { readonly PolicyName?: unknown }) => String(policy.PolicyName));
};

/**
 * Removes resources that the new template does not contain, in reverse order, like CloudFormation at the end
 * of an update.
 */
export function removeStale(stack: ResolvedStack, context: LoadContext): void {
  const now = new Map(stack.resources.map((resource) => [keyOf(resource), resource]));
  for (const before of [...context.previous.values()].reverse()) {
    const same = now.get(keyOf(before));
    if (same !== undefined) removeInlineLeftovers(before, same, context);
    else if (!before.retained) REMOVERS[before.type]?.(before, context);
  }
}
