import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Lengths of what CloudFormation fills in; a region's name is at least nine characters (`us-east-1`). */
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::Partition': 3,
  'AWS::Region': 9,
  'AWS::AccountId': 12,
  'AWS::URLSuffix': 13,
};

/**
 * Characters that a text with tokens has at least once it is deployed. References to resources count as nothing, because their names are
 * not known at synth: what is refused by this count would be refused by AWS, and AWS refuses the rest.
 */
export function leastCharacters(scope: IConstruct, text: string): number {
  return measure(Stack.of(scope).resolve(text));
}

function measure(value: unknown): number {
  if (typeof value === 'string') return value.length;
  const [kind, content] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (kind === 'Fn::Join' && Array.isArray(content)) {
    const [separator, parts] = content as [string, unknown[]];
    return parts.reduce<number>(
      (sum, part) => sum + measure(part),
      separator.length * Math.max(0, parts.length - 1),
    );
  }
  return kind === 'Ref' ? (PSEUDO[String(content)] ?? 0) : 0;
}
