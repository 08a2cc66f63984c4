import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ConditionBlock } from 'taskbound-iam/policy';
import { DeclarationError } from '../../core/shared/errors.ts';
import { placeholdersIn } from '../../core/grants/session-policy.ts';
import type { ToolSpec } from '../../core/task-types/task-type.ts';
import { acceptOpenResource } from '../functions/accepted-findings.ts';
import { secretArn, sessionSecretsOf } from '../secrets/secret-permissions.ts';
import { leastCharacters } from './policy-size.ts';
import { taskPath } from './task-role-permissions.ts';

/** Maximum characters of a managed policy, without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MANAGED_POLICY_CHARACTERS = 6144;

export interface CeilingProps {
  /** The task type whose ceiling it is. */
  readonly type: string;
  readonly tools: readonly ToolSpec[];
  readonly hasSecrets: boolean;
}

/** The most that any task of a type can be granted: the task role's identity policy and its permissions boundary. */
export class Ceiling extends Construct {
  readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: CeilingProps) {
    super(scope, id);
    const allowed = [...withoutCovered(props.tools.map(openTool)), ...ownStatements(this, props)];
    const document = ceilingDocument(allowed);
    const text = Stack.of(this).toJsonString(document.toJSON());
    const characters = leastCharacters(this, text);
    if (characters > MANAGED_POLICY_CHARACTERS) {
      throw new DeclarationError(
        `The ceiling of task type ${props.type} has at least ${characters} characters; AWS takes at most ${MANAGED_POLICY_CHARACTERS}. Declare fewer tools or shorter resources, or split the type.`,
      );
    }
    this.policy = new iam.ManagedPolicy(this, 'Policy', {
      path: taskPath(this),
      description: `Ceiling of the task type ${props.type}: its tools with their parameters left open.`,
      document,
    });
    // A `*` is the author's own, an open parameter, or a secret named after a task.
    for (const resource of resourcesOf(allowed).filter((arn) => arn.includes('*')))
      acceptOpenResource(this, resource, OPEN_BECAUSE);
  }
}

const OPEN_BECAUSE =
  'A ceiling leaves parameters open; the session policy limits each session to the values of one task.';

const resourcesOf = (statements: readonly OpenStatement[]): string[] => [
  ...new Set(statements.flatMap((statement) => statement.Resource)),
];

function ceilingDocument(allowed: readonly OpenStatement[]): iam.PolicyDocument {
  const outside = {
    Sid: 'TaskboundNothingElse',
    Effect: 'Deny',
    // Denies every action (`*`) outside the ceiling. Without this, a task could use resources whose own policy allows everyone.
    Action: '*',
    NotResource: resourcesOf(allowed),
  };
  return iam.PolicyDocument.fromJson({ Version: '2012-10-17', Statement: [...allowed, outside] });
}

interface OpenStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: ConditionBlock;
}

/** An open parameter becomes `*`; a condition that contains a parameter is left out. */
function openTool(tool: ToolSpec): OpenStatement {
  const conditions = Object.entries(tool.conditions ?? {})
    .map(
      ([operator, keys]) =>
        [
          operator,
          Object.fromEntries(Object.entries(keys).filter(([, values]) => values.every(isFixed))),
        ] as const,
    )
    .filter(([, keys]) => Object.keys(keys).length > 0);
  return {
    Sid: tool.name,
    Effect: 'Allow',
    Action: tool.actions,
    Resource: tool.resources.map(opened),
    ...(conditions.length > 0 && { Condition: Object.fromEntries(conditions) }),
  };
}

/** Leaves out a tool that another tool covers when both are open: a statement that adds nothing makes the ceiling harder to read. */
const withoutCovered = (tools: readonly OpenStatement[]): OpenStatement[] =>
  tools.filter(
    (tool, index) =>
      !tools.some((other, at) => at !== index && covers(other, tool) && (at < index || !covers(tool, other))),
  );

const covers = (wide: OpenStatement, narrow: OpenStatement): boolean =>
  wide.Condition === undefined &&
  narrow.Action.every((action) => wide.Action.includes(action)) &&
  narrow.Resource.every((resource) => wide.Resource.some((pattern) => reaches(pattern, resource)));

/** Compares the texts only, with unresolved tokens: the same resource, or one under a prefix that ends in the only `*`. */
const reaches = (pattern: string, resource: string): boolean =>
  pattern === resource ||
  (pattern.indexOf('*') === pattern.length - 1 && resource.startsWith(pattern.slice(0, -1)));

const isFixed = (value: string): boolean => placeholdersIn(value).length === 0;

const opened = (template: string): string =>
  placeholdersIn(template).reduce((text, name) => text.replace(`{${name}}`, '*'), template);

/**
 * The type's secrets, including the canary, are named after tasks, so their ARNs contain `*`. Each secret's own policy names the one task
 * that may read it.
 */
function ownStatements(scope: Construct, { type, hasSecrets }: CeilingProps): OpenStatement[] {
  const allow = (sid: string, action: string, resource: string): OpenStatement => ({
    Sid: sid,
    Effect: 'Allow',
    Action: [action],
    Resource: [resource],
  });
  return [
    ...(hasSecrets
      ? [allow('TaskboundSecrets', 'secretsmanager:GetSecretValue', secretArn(scope, `${type}/*`))]
      : []),
    allow('TaskboundCanary', 'secretsmanager:DescribeSecret', sessionSecretsOf(scope, type)),
  ];
}
