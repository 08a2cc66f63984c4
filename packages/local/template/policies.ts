import { MalformedPolicy, parsePolicy, type PolicyUse } from 'taskbound-iam/parse';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { refuse } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

const isEmpty = (document: unknown): boolean => {
  const statements: unknown =
    typeof document === 'object' && document !== null ? Reflect.get(document, 'Statement') : undefined;
  return Array.isArray(statements) && statements.length === 0;
};

/** A policy of the template, checked as IAM checks it; `undefined` when somebody took its last statement out. */
export function policyOf(
  document: unknown,
  use: PolicyUse,
  resource: ResolvedResource,
): PolicyDocument | undefined {
  if (isEmpty(document)) return undefined;
  try {
    return parsePolicy(JSON.stringify(document), use);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw refuse(resource, error.message);
    throw error;
  }
}
