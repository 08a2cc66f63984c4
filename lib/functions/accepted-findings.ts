import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Accepts a cdk-nag finding on a construct and everything below it. The reason is for auditors of the template. Only a CDK that cdk-nag 3 runs on
 * can accept findings; an older one gets the same template, without the reasons.
 */
export function acceptFinding(construct: IConstruct, id: string, reason: string): void {
  // Not a named import: a CDK without this class could not be imported at all.
  const { Validations }: Partial<typeof cdk> = cdk;
  try {
    Validations?.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason });
  } catch (error) {
    if (!isIdRefused(error)) throw error;
  }
}

/** aws-cdk-lib 2.257 refused the id of a finding about an ARN, because it contains `::`. */
const isIdRefused = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('Invalid validation rule ID');

/** Accepts one open resource (`*` in its ARN) in a policy, and no other. */
export const acceptOpenResource = (construct: IConstruct, resource: string, reason: string): void =>
  acceptFinding(construct, `IAM5[Resource::${nagText(cdk.Stack.of(construct).resolve(resource))}]`, reason);

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
