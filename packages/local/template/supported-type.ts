import type { ResourceType } from './identity.ts';
import { TemplateRefused } from './refusal.ts';
import { RESOURCE_TYPES } from './resource-types/resource-types.ts';
import type { TemplateResource } from './template.ts';

/** The type of a resource. Throws `TemplateRefused` if the type, or a property, is not supported. */
export function supportedType(logicalId: string, { Type, Properties }: TemplateResource): ResourceType {
  const type = Object.hasOwn(RESOURCE_TYPES, Type) ? RESOURCE_TYPES[Type] : undefined;
  if (type === undefined) {
    throw new TemplateRefused(
      `The resource ${logicalId} is of type ${Type}, which the embedded AWS does not support. packages/local/README.md lists what it does.`,
    );
  }
  const known = new Set([...type.used, ...type.ignored]);
  const unknown = Object.keys(Properties).find((property) => !known.has(property));
  if (unknown === undefined) return type;
  throw new TemplateRefused(
    `The resource ${logicalId} (${Type}) has the property ${unknown}, which the embedded AWS does not support.`,
  );
}
