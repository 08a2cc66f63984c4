import { DECLARED_NAME, SESSION_SECRET, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { placeholdersIn } from '../../core/grants/session-policy.ts';
import { DeclarationError } from '../../core/shared/errors.ts';
import { parameterSpec, type ParameterSpec } from '../../core/task-types/parameters.ts';
import { secretSpec, type SecretSpec, type ToolSpec } from '../../core/task-types/task-type.ts';
import { KEY_TOOL } from '../boundary/encryption.ts';
import { checkTool, templatesOf } from '../tools/check-tool.ts';

/** A task type as its author declares it. */
export interface Declaration {
  readonly type: string;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly tools: readonly ToolSpec[];
  readonly secrets: Readonly<Record<string, SecretSpec>>;
}

/** Throws `DeclarationError` for the first thing that must not be deployed. */
export function checkDeclaration(declaration: Declaration): void {
  const { type, parameters, tools, secrets } = declaration;
  if (!TASK_TYPE.test(type))
    refuse(`Task type ${JSON.stringify(type)}`, `is not a name (${TASK_TYPE.source}). Rename it.`);
  for (const [name, spec] of Object.entries(parameters)) checkParameterSpec(name, spec);
  for (const [name, spec] of Object.entries(secrets)) checkSecretSpec(name, spec);
  if (tools.length === 0)
    refuse(`Task type ${type}`, 'has no tools; a task without permissions needs no boundary. Declare one.');
  for (const tool of tools) {
    if (tool.name === KEY_TOOL)
      refuse(`Tool ${tool.name}`, 'has the name of Taskbound’s own tool. Rename it.');
    checkName('Tool', tool.name);
    checkTool(tool, parameters);
  }
  checkAllUsed(declaration);
}

function checkParameterSpec(name: string, spec: ParameterSpec): void {
  checkName('Parameter', name);
  const { error } = parameterSpec.safeParse(spec);
  if (error !== undefined)
    refuse(`Parameter ${name}`, `is ${JSON.stringify(spec)}: ${messagesOf(error)}. Correct its limits.`);
  if (spec.kind === 'integer' && spec.min > spec.max)
    refuse(`Parameter ${name}`, `has the range ${spec.min} to ${spec.max}, which is empty. Swap them.`);
}

function checkSecretSpec(name: string, spec: SecretSpec): void {
  if (name === SESSION_SECRET) refuse(`Secret ${name}`, 'has the name of the session secret. Rename it.');
  checkName('Secret', name);
  const { error } = secretSpec.safeParse(spec);
  if (error !== undefined)
    refuse(`Secret ${name}`, `is ${JSON.stringify(spec)}: ${messagesWithPaths(error)}. Correct it.`);
}

function checkName(what: string, name: string): void {
  if (!DECLARED_NAME.test(name))
    refuse(`${what} ${JSON.stringify(name)}`, `is not a name (${DECLARED_NAME.source}). Rename it.`);
}

/** A parameter that no tool uses would limit nothing, although an approver would assume that it does. */
function checkAllUsed({ type, parameters, tools }: Declaration): void {
  const used = new Set(tools.flatMap(templatesOf).flatMap(placeholdersIn));
  const unused = Object.keys(parameters).find((name) => !used.has(name));
  if (unused !== undefined)
    refuse(`Parameter ${unused}`, `of task type ${type} is used by no tool. Use it in a tool, or remove it.`);
}

interface Issues {
  readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
}

const messagesOf = ({ issues }: Issues): string => issues.map(({ message }) => message).join('; ');

/** A secret has many fields: each message names its field. */
const messagesWithPaths = ({ issues }: Issues): string =>
  issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ');

function refuse(what: string, why: string): never {
  throw new DeclarationError(`${what} ${why}`);
}
