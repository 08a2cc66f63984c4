import { DeclarationError } from '../../core/shared/errors.ts';
import type { ParameterSpec } from '../../core/task-types/parameters.ts';
import { placeholdersIn } from '../../core/grants/session-policy.ts';
import type { ToolSpec } from '../../core/task-types/task-type.ts';
import { refusalOf } from './forbidden-tools.ts';

type Specs = Readonly<Record<string, ParameterSpec>>;

/** Operators whose values are text, in which a parameter may stand: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const TEXT_OPERATOR =
  /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Not)?(Equals|Like|EqualsIgnoreCase)(IfExists)?$/;

/** All texts of a tool in which a parameter may stand. */
export const templatesOf = (tool: ToolSpec): string[] => [
  ...tool.resources,
  ...Object.values(tool.conditions ?? {}).flatMap((keys) => Object.values(keys).flat()),
];

/** Throws `DeclarationError` when a tool could grant more than its author reads in it. */
export function checkTool(tool: ToolSpec, parameters: Specs): void {
  if (tool.actions.length === 0) refuse(tool, 'allows no action. Name at least one.');
  if (tool.resources.length === 0) refuse(tool, 'is on no resource. Name at least one.');
  for (const action of tool.actions) {
    const reason = refusalOf(action);
    if (reason !== undefined) refuse(tool, `may not allow ${action}: ${reason}. Remove it.`);
  }
  for (const resource of tool.resources) checkResource(tool, resource);
  for (const [operator, keys] of Object.entries(tool.conditions ?? {})) checkCondition(tool, operator, keys);
  for (const template of templatesOf(tool)) checkPlaceholders(tool, template, parameters);
}

function checkResource(tool: ToolSpec, resource: string): void {
  if (/^[*?:]*$/.test(resource))
    refuse(tool, `is on the resource ${JSON.stringify(resource)}, which is everything. Name the resource.`);
  if (reachesOwnSecrets(resource))
    refuse(tool, `is on ${resource}, where Taskbound keeps tasks’ secrets. Declare a secret instead.`);
  const outer = resource.startsWith('arn:') ? resource.split(':').slice(0, 5).join(':') : '';
  if (placeholdersIn(outer).length > 0)
    refuse(
      tool,
      `has a parameter in the service, region or account of ${resource}. Put it into the resource's name.`,
    );
}

/** Whether a secret of Taskbound's could be meant: `secret:*` and `secret:task*` as much as `secret:taskbound/…`. */
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
    refuse(tool, `has a parameter under ${operator}, which takes no text. Use a String or Arn operator.`);
  }
}

function checkPlaceholders(tool: ToolSpec, template: string, parameters: Specs): void {
  // IAM reads `${…}` as a variable: a value of the right shape would become one.
  if (/\$\{[a-z][A-Za-z0-9]*\}/.test(template))
    refuse(tool, `has "$" before a parameter in ${template}; IAM would read a variable. Remove the "$".`);
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
        `uses the prefix ${name} inside ${template}; a prefix may stand only at the very end, because it leaves the rest open. Use an s3Key.`,
      );
    }
  }
}

function refuse(tool: ToolSpec, why: string): never {
  throw new DeclarationError(`Tool ${tool.name} ${why}`);
}
