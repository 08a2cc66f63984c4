import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts a cdk-nag finding on a construct and all below it. The reason is for whoever audits the template. */
export const acceptFinding = (deps: IConstruct, id: string, reason: string): void =>
  Validations.of(deps).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason });

/** Accepts one open resource (`*` in its ARN) in a policy, and no other. */
export const acceptOpenResource = (deps: IConstruct, resource: string, reason: string): void =>
  acceptFinding(deps, `IAM5[Resource::${spelled(Stack.of(deps).resolve(resource))}]`, reason);

/** An ARN as cdk-nag spells it in a finding: references as `<LogicalId.Attribute>`. */
function spelled(value: unknown): string {
  if (typeof value === 'string') return value;
  const [kind, content] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (kind === 'Fn::Join' && Array.isArray(content)) {
    const [separator, parts] = content as [string, unknown[]];
    return parts.map(spelled).join(separator);
  }
  if (kind === 'Fn::GetAtt' && Array.isArray(content)) return `<${content.join('.')}>`;
  return `<${String(content)}>`;
}
