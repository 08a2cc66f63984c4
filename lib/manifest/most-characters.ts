import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** CloudFormation names a resource `<stack>-<logical id>-<12 characters>`. */
const NAME_EXTRA = 14;
/** The longest name of a role, which an app may choose. */
const ROLE_NAME = 64;
/** What stands around a resource's name in its ARN or URL: `arn:aws-us-gov:dynamodb:ap-southeast-1:111122223333:table/`. */
const AROUND_NAME = 64;
/** The longest values of pseudo parameters: `aws-us-gov`, `ap-southeast-1`, an account, `amazonaws.com.cn`. */
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::Partition': 10,
  'AWS::Region': 14,
  'AWS::AccountId': 12,
  'AWS::URLSuffix': 16,
};
/** For a value from outside the template, such as an export of another stack: an ARN with a role's name of 64 characters and its path. */
const OUTSIDE = 160;

/**
 * The number of characters that a value with tokens has at most when it is deployed as JSON. CloudFormation chooses names and URLs only then, so
 * references count with a bound.
 */
export function mostCharacters(scope: IConstruct, value: unknown): number {
  const stack = Stack.of(scope);
  return measure(stack.resolve(value), stack.stackName.length);
}

function measure(value: unknown, stackCharacters: number): number {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null).length;
  const reference = referenceCharacters(value, stackCharacters);
  if (reference !== undefined) return reference + 2;
  const entries = Object.entries(value);
  const punctuation = Math.max(2, entries.length + 1);
  return Array.isArray(value)
    ? punctuation + entries.reduce((sum, [, each]) => sum + measure(each, stackCharacters), 0)
    : punctuation +
        entries.reduce(
          (sum, [name, each]) => sum + JSON.stringify(name).length + 1 + measure(each, stackCharacters),
          0,
        );
}

/** The bound of an intrinsic function's text; undefined for a value that is not an intrinsic function. */
function referenceCharacters(value: object, stackCharacters: number): number | undefined {
  const [[kind = '', content] = [], ...others] = Object.entries(value) as [string, unknown][];
  if (others.length > 0) return undefined;
  if (kind === 'Fn::Join' && Array.isArray(content)) {
    const [separator, parts] = content as [string, unknown[]];
    const texts = parts.map((part) => Math.max(0, measure(part, stackCharacters) - 2));
    return texts.reduce((sum, each) => sum + each, separator.length * Math.max(0, parts.length - 1));
  }
  if (kind === 'Ref' || kind === 'Fn::GetAtt') {
    const id = String(Array.isArray(content) ? content[0] : content);
    return PSEUDO[id] ?? AROUND_NAME + Math.max(ROLE_NAME, stackCharacters + id.length + NAME_EXTRA);
  }
  return kind.startsWith('Fn::') ? OUTSIDE : undefined;
}
