import { DeclarationError } from '../../core/shared/errors.ts';
import type { ParameterSpec } from '../../core/task-types/parameters.ts';
import { placeholdersIn } from '../../core/grants/session-policy.ts';
import type { ToolSpec } from '../../core/task-types/task-type.ts';
import { actionFault } from './action-fault.ts';

type Specs = Readonly<Record<string, ParameterSpec>>;

/** Operators whose values are text, which may contain parameters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const TEXT_OPERATOR =
  /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Not)?(Equals|Like|EqualsIgnoreCase)(IfExists)?$/;

/** All texts of a tool that may contain parameters. */
export const templatesOf = (tool: ToolSpec): string[] => [
  ...tool.resources,
  ...Object.values(tool.conditions ?? {}).flatMap((keys) => Object.values(keys).flat()),
];

/** Throws `DeclarationError` for a tool that could grant more than its author can see in it. */
export function checkTool(tool: ToolSpec, parameters: Specs): void {
  if (tool.actions.length === 0) refuse(tool, 'allows no action. Name at least one.');
  if (tool.resources.length === 0) refuse(tool, 'has no resource. Name at least one.');
  for (const action of tool.actions) {
    const reason = actionFault(action);
    if (reason !== undefined) refuse(tool, `may not allow ${action}: ${reason}. Remove it.`);
  }
  for (const resource of tool.resources) checkResource(tool, resource);
  for (const [operator, keys] of Object.entries(tool.conditions ?? {})) checkCondition(tool, operator, keys);
  for (const template of templatesOf(tool)) checkPlaceholders(tool, template, parameters);
}

function checkResource(tool: ToolSpec, resource: string): void {
  if (/^[*?:]*$/.test(resource))
    refuse(
      tool,
      `has the resource ${JSON.stringify(resource)}, which matches everything. Name the resource.`,
    );
  if (reachesOwnSecrets(resource))
    refuse(
      tool,
      `has the resource ${resource}, which includes tasks’ secrets that Taskbound creates. Declare a secret instead.`,
    );
  const outer = resource.startsWith('arn:') ? resource.split(':').slice(0, 5).join(':') : '';
  if (placeholdersIn(outer).length > 0)
    refuse(
      tool,
      `has a parameter in the service, region or account of ${resource}. Put it into the resource's name.`,
    );
}

/** Whether a resource could match a secret that Taskbound creates: `secret:*` and `secret:task*` as well as `secret:taskbound/…`. */
function reachesOwnSecrets(resource: string): boolean {
  const name = /:secret:(.*)$/.exec(resource)?.[1];
  if (name === undefined) return false;
  const fixed = name.split(/[*?{]/)[0] ?? '';
  return fixed.startsWith(OWN_SECRETS) || (fixed !== name && OWN_SECRETS.startsWith(fixed));
}
const OWN_SECRETS = 'taskbound/';

function checkCondition(
  tool: ToolSpec,
  operator: string,
  keys: Readonly<Record<string, readonly string[]>>,
): void {
  const parameterised = Object.values(keys)
    .flat()
    .some((value) => placeholdersIn(value).length > 0);
  if (parameterised && !TEXT_OPERATOR.test(operator)) {
    refuse(
      tool,
      `has a parameter in a value of ${operator}, which is not a text operator. Use a String or Arn operator.`,
    );
  }
}

function checkPlaceholders(tool: ToolSpec, template: string, parameters: Specs): void {
  // IAM reads `${…}` as a policy variable: a parameter's value could become the name of one.
  if (/\$\{[a-z][A-Za-z0-9]*\}/.test(template))
    refuse(
      tool,
      `has "$" before a parameter in ${template}; IAM would read a policy variable. Remove the "$".`,
    );
  for (const name of placeholdersIn(template)) {
    const spec = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (spec === undefined)
      refuse(
        tool,
        `uses the parameter ${name}, which is not declared; declared: ${Object.keys(parameters).join(', ') || 'none'}. Declare it.`,
      );
    if (spec.kind === 's3Prefix' && template.indexOf(`{${name}}`) !== template.length - name.length - 2) {
      refuse(
        tool,
        `uses the prefix ${name} inside ${template}; a prefix is allowed only at the very end, because everything after it is open. Use an s3Key.`,
      );
    }
  }
}

function refuse(tool: ToolSpec, why: string): never {
  throw new DeclarationError(`Tool ${tool.name} ${why}`);
}
