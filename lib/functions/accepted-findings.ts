import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts a cdk-nag finding on a construct and everything below it. The reason is for auditors of the template. */
export const acceptFinding = (construct: IConstruct, id: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason });

/** Accepts one open resource (`*` in its ARN) in a policy, and no other. */
export const acceptOpenResource = (construct: IConstruct, resource: string, reason: string): void =>
  acceptFinding(construct, `IAM5[Resource::${nagText(Stack.of(construct).resolve(resource))}]`, reason);

/** An ARN as cdk-nag writes it in a finding: references become `<LogicalId.Attribute>`. */
function nagText(value: unknown): string {
  if (typeof value === 'string') return value;
  const [kind, content] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (kind === 'Fn::Join' && Array.isArray(content)) {
    const [separator, parts] = content as [string, unknown[]];
    return parts.map(nagText).join(separator);
  }
  if (kind === 'Fn::GetAtt' && Array.isArray(content)) return `<${content.join('.')}>`;
  return `<${String(content)}>`;
}
