import * as z from 'zod';
import type { Loader } from './load-context.ts';
import { boolean, readProperties, cannotLoad, tagList } from './properties.ts';

const machineProperties = z.looseObject({
  RoleArn: z.string(),
  StateMachineType: z.string().default('STANDARD'),
  DefinitionString: z.string().optional(),
  Definition: z.unknown().optional(),
  DefinitionSubstitutions: z.record(z.string(), z.coerce.string()).default({}),
  LoggingConfiguration: z.looseObject({}).optional(),
  TracingConfiguration: z.looseObject({ Enabled: boolean.optional() }).optional(),
  Tags: tagList.default([]),
});

/**
 * Replaces `${name}` in the definition by text:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
 */
const substitute = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export const loadStateMachine: Loader = (resource, { states }) => {
  const properties = readProperties(machineProperties, resource);
  const {
    StateMachineType,
    DefinitionString,
    Definition,
    DefinitionSubstitutions,
    RoleArn,
    LoggingConfiguration,
  } = properties;
  if (StateMachineType !== 'STANDARD')
    throw cannotLoad(resource, `its type is ${StateMachineType}; only STANDARD is supported`);
  const text = DefinitionString ?? (Definition === undefined ? undefined : JSON.stringify(Definition));
  if (text === undefined) throw cannotLoad(resource, 'it has no definition in the template');
  try {
    states.register({
      arn: resource.arn,
      name: resource.attributes['Name'] ?? resource.physicalId,
      definition: substitute(text, DefinitionSubstitutions),
      roleArn: RoleArn,
      tags: Object.fromEntries(properties.Tags.map(({ Key, Value }) => [Key, Value])),
      tracing: properties.TracingConfiguration?.Enabled === true,
      ...(LoggingConfiguration !== undefined && { loggingConfiguration: loggingOf(LoggingConfiguration) }),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'DefinitionError') throw cannotLoad(resource, error.message);
    throw error;
  }
};

/** Converts the template's field names to those of the API. */
const loggingOf = (configuration: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      value,
    ]),
  );
