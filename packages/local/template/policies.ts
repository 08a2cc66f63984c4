import { MalformedPolicy, parsePolicy, type PolicyUse } from 'taskbound-iam/parse';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { cannotLoad } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

const isEmpty = (document: unknown): boolean => {
  const statements: unknown =
    typeof document === 'object' && document !== null ? Reflect.get(document, 'Statement') : undefined;
  return Array.isArray(statements) && statements.length === 0;
};

/** A policy of the template, checked like IAM does; `undefined` for a policy without statements. */
export function policyOf(
  document: unknown,
  use: PolicyUse,
  resource: ResolvedResource,
): PolicyDocument | undefined {
  if (isEmpty(document)) return undefined;
  try {
    return parsePolicy(JSON.stringify(document), use);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw cannotLoad(resource, error.message);
    throw error;
  }
}
