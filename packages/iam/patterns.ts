/**
 * How actions, resources and ARNs are matched:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import type { ContextView } from './context.ts';
import { matchesGlob } from './glob.ts';
import { MalformedPolicy, formatValue } from './malformed.ts';
import type { Template } from './variables.ts';
import { compileTemplate, hasVariables, matchesTemplate, splitTemplate } from './variables.ts';

/** `arn:partition:service:region:account:resource`; the resource may contain colons. */
const ARN_PARTS = 6;

/** The six parts of an ARN, or `undefined` when the text is not an ARN. */
export function splitArn(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let from = 0;
  while (parts.length < ARN_PARTS - 1) {
    const colon = text.indexOf(':', from);
    if (colon < 0) return undefined;
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Whether the pattern matches an action, given in lower case. */
export type ActionPattern = (actionLowerCase: string) => boolean;

/** `*`, or a service and a name. Only the name may contain wildcards. */
const ACTION = /^(?:\*|[a-z0-9-]+:[a-z0-9*?]+)$/;

export function compileAction(text: string): ActionPattern {
  const lower = text.toLowerCase();
  if (!ACTION.test(lower)) {
    throw new MalformedPolicy(
      `The action ${formatValue(text)} must be "*" or a service prefix and a name, such as "s3:GetObject".`,
    );
  }
  if (!/[*?]/.test(lower)) return (action) => action === lower;
  const { glob = [] } = compileTemplate(lower, { variables: false, wildcards: true });
  return (action) => matchesGlob(glob, action);
}

/** The resource of a request, split once. */
export interface ResourceTarget {
  readonly text: string;
  readonly arn: readonly string[] | undefined;
}

export type ArnPattern = (arn: readonly string[] | undefined, context: ContextView) => boolean;

/** Each of the six parts is matched separately, so no wildcard matches across the first five colons. */
function matchArn(parts: readonly Template[]): ArnPattern {
  return (arn, context) =>
    arn !== undefined && parts.every((part, index) => matchesTemplate(part, arn[index] ?? '', context));
}

/** A value of an ARN operator. Throws `MalformedPolicy` when it does not have the six parts of an ARN. */
export function compileArn(text: string, variables: boolean): ArnPattern {
  const parts = splitTemplate(compileTemplate(text, { variables, wildcards: true }), ARN_PARTS);
  if (parts.length < ARN_PARTS)
    throw new MalformedPolicy(
      `The value ${formatValue(text)} of an ARN operator must have the six parts of an ARN.`,
    );
  return matchArn(parts);
}

export type ResourcePattern = (target: ResourceTarget, context: ContextView) => boolean;

/** A value of `Resource` or `NotResource`. Variables are allowed only after the fifth colon. */
export function compileResource(text: string, variables: boolean): ResourcePattern {
  if (text === '*') return () => true;
  const parts = splitTemplate(compileTemplate(text, { variables, wildcards: true }), ARN_PARTS);
  if (parts.length < ARN_PARTS || !text.startsWith('arn:')) {
    throw new MalformedPolicy(`Resource ${formatValue(text)} must be in ARN format or "*".`);
  }
  if (parts.slice(0, -1).some((part) => hasVariables(part.pieces))) {
    throw new MalformedPolicy(
      `Resource ${formatValue(text)} has a policy variable before its fifth colon, where IAM resolves none.`,
    );
  }
  const pattern = matchArn(parts);
  return (target, context) => pattern(target.arn, context);
}
