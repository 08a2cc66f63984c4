import type { z } from 'zod';
import { errorMessage } from '../../helpers/error-message.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkTimestamps } from './check-timestamps.ts';
import { checkTransitions } from './check-transitions.ts';
import type { Definition, State } from './definition.ts';
import { machineSchema, stateSchemas } from './definition.ts';

/**
 * A definition that the local interpreter does not support, or that AWS would refuse. The message names state
 * and field.
 */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/**
 * Parses a state machine's definition (JSON text or its value). Refuses everything that the interpreter does
 * not support; nothing is skipped. Throws `DefinitionError`.
 */
export function parseDefinition(json: unknown): Definition {
  const machine = machineSchema.safeParse(typeof json === 'string' ? parseJson(json) : json);
  if (!machine.success) throw refusal('The definition', machine.error);
  const { StartAt, States, TimeoutSeconds } = machine.data;
  const states = new Map(Object.entries(States).map(([name, state]) => [name, parseState(name, state)]));
  const definition: Definition = { StartAt, States: states, TimeoutSeconds };
  const problem = checkTransitions(definition) ?? checkTimestamps(definition) ?? checkExpressions(definition);
  if (problem !== undefined) throw new DefinitionError(problem);
  return definition;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DefinitionError(`The definition is not JSON: ${errorMessage(error)}`);
  }
}

function parseState(name: string, state: unknown): State {
  const type = typeof state === 'object' && state !== null && 'Type' in state ? state.Type : undefined;
  if (!isSupported(type)) {
    const supported = Object.keys(stateSchemas).join(', ');
    throw new DefinitionError(
      `State '${name}': Type ${JSON.stringify(type)} is not supported; supported types are ${supported}.`,
    );
  }
  const parsed = stateSchemas[type].safeParse(state);
  if (!parsed.success) throw refusal(`State '${name}' (${type})`, parsed.error);
  return parsed.data;
}

function isSupported(type: unknown): type is keyof typeof stateSchemas {
  return typeof type === 'string' && Object.hasOwn(stateSchemas, type);
}

function refusal(where: string, error: z.ZodError): DefinitionError {
  const issues = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys')
      return `${fieldOf(issue.path)}${issue.keys.join(', ')}: field not supported`;
    return `${fieldOf(issue.path) || 'it'}: ${issue.message}`;
  });
  return new DefinitionError(
    `${where} cannot be run by the local interpreter. ${issues.join('; ')}. Remove it, or add it to packages/local/stepfunctions.`,
  );
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : `${path.map(String).join('/')} `;
}
