import type { Statement } from 'taskbound-iam/policy';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { secretName, SESSION_SECRET } from 'taskbound-evidence/names/ids';
import type { Parameters, ParameterSpec } from '../task-types/parameters.ts';
import { SECRET_ARN_TAIL } from 'taskbound-evidence/names/secret-id';
import type { TaskTypeConfig, ToolSpec } from '../task-types/task-type.ts';
import { OWN_SIDS, SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';

/** The placeholder for the deadline in the policy that is digested. */
export const UNFILLED_DEADLINE = '{deadline}';

export interface Grant {
  readonly boundaryId: string;
  readonly nonce: string;
  readonly parameters: Parameters;
  /** ISO 8601 to the second, or a placeholder. */
  readonly deadline: string;
}

const PLACEHOLDER = /\{([a-z][A-Za-z0-9]{0,31})\}/g;

/**
 * Escapes a value, so that IAM takes it literally: `*`, `?` and `$` would otherwise be wildcards or start a
 * variable.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export const policyLiteral = (value: string): string =>
  value.replace(/[*?$]/g, (special) => `\${${special}}`);

/** The names of the parameters in a template, in order. */
export const placeholdersIn = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');

/**
 * Replaces `{name}` with the task's value as a literal. Only a prefix parameter adds a `*`, at the very end.
 */
function fill(
  template: string,
  specs: Readonly<Record<string, ParameterSpec>>,
  parameters: Parameters,
): string {
  return template.replace(PLACEHOLDER, (_whole, name: string, offset: number) => {
    const spec = specs[name];
    const value = parameters[name];
    if (spec === undefined || value === undefined)
      throw new RangeError(`Tool template ${template} names the undeclared parameter ${name}.`);
    const atEnd = offset + name.length + 2 === template.length;
    return policyLiteral(String(value)) + (spec.kind === 's3Prefix' && atEnd ? '*' : '');
  });
}

const oneOrMany = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? '') : values;

function toolStatement(tool: ToolSpec, config: TaskTypeConfig, grant: Grant): Statement {
  const filled = (template: string) => fill(template, config.parameters, grant.parameters);
  const conditions = Object.entries(tool.conditions ?? {}).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, oneOrMany(values.map(filled))])),
  ]);
  return {
    Sid: tool.name,
    Effect: 'Allow',
    Action: oneOrMany(tool.actions),
    Resource: oneOrMany(tool.resources.map(filled)),
    ...(conditions.length > 0 && { Condition: Object.fromEntries(conditions) }),
  };
}

function ownStatements(config: TaskTypeConfig, grant: Grant): Statement[] {
  const place = {
    stack: config.stack,
    taskType: config.type,
    boundaryId: grant.boundaryId,
    nonce: grant.nonce,
  };
  const arn = (name: string) => `${config.secretArnPrefix}${secretName(place, name)}${SECRET_ARN_TAIL}`;
  const names = Object.keys(config.secrets).sort();
  const secrets: Statement[] =
    names.length === 0
      ? []
      : [
          {
            Sid: OWN_SIDS.secrets,
            Effect: 'Allow',
            Action: 'secretsmanager:GetSecretValue',
            Resource: oneOrMany(names.map(arn)),
          },
        ];
  return [
    ...secrets,
    {
      Sid: OWN_SIDS.canary,
      Effect: 'Allow',
      Action: 'secretsmanager:DescribeSecret',
      Resource: arn(SESSION_SECRET),
    },
    {
      Sid: OWN_SIDS.deadline,
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      // The deny includes the deadline itself, so a lease of N seconds never lasts longer than N seconds.
      Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': grant.deadline } },
    },
  ];
}

/** The session policy as text, without a check of its length. Pure: the same bytes for the same input. */
export function renderSessionPolicy(config: TaskTypeConfig, grant: Grant): string {
  const tools = config.tools.map((tool) => toolStatement(tool, config, grant));
  return JSON.stringify({ Version: '2012-10-17', Statement: [...tools, ...ownStatements(config, grant)] });
}

/**
 * The session policy of one task. Throws `MalformedRequest` if it is longer than STS allows. It is never cut
 * or widened.
 */
export function compileSessionPolicy(config: TaskTypeConfig, grant: Grant): string {
  const policy = renderSessionPolicy(config, grant);
  if (policy.length > SESSION_POLICY_CHARACTERS) {
    throw new MalformedRequest(
      `The session policy has ${policy.length} characters; AWS allows at most ${SESSION_POLICY_CHARACTERS}. Shorten the parameters by ${policy.length - SESSION_POLICY_CHARACTERS} characters, or declare fewer tools.`,
    );
  }
  return policy;
}

/**
 * Milliseconds -> `2026-11-23T10:00:00Z`: whole seconds, rounded down, so the text is never later than the
 * number.
 */
export const deadlineText = (deadlineMs: number): string =>
  `${new Date(Math.floor(deadlineMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;

/**
 * `UNFILLED_DEADLINE` padded to the length of a deadline, so a policy without a deadline has the length that
 * STS will receive.
 */
export const DEADLINE_PLACEHOLDER = UNFILLED_DEADLINE.padEnd(deadlineText(0).length, '_');
