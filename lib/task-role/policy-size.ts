import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Lengths of the values that CloudFormation inserts; a region's name has at least nine characters (`us-east-1`). */
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::Partition': 3,
  'AWS::Region': 9,
  'AWS::AccountId': 12,
  'AWS::URLSuffix': 13,
};

/**
 * The least number of characters that a text with tokens has when it is deployed. References to resources count as zero, because their
 * names are not known at synth. So what this count refuses, AWS would refuse too; AWS may refuse more.
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
