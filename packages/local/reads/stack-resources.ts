import type { CloudFormation } from '../cloudformation/cloudformation.ts';

/**
 * The properties of a template's resource. Those without an effect here are not evaluated, so they are shown as they are written, and left out
 * if they refer to something.
 */
export type Properties = Readonly<Record<string, unknown>>;

/** Finds the template's resources that a call describes. */
export class StackResources {
  readonly #cloudformation: CloudFormation;

  constructor(cloudformation: CloudFormation) {
    this.#cloudformation = cloudformation;
  }

  /** The properties of the resource with this physical id or ARN; empty when no template has it. */
  properties(types: readonly string[], id: string): Properties {
    for (const { resources, template } of this.#cloudformation.stacks.values()) {
      const found = resources.find(
        ({ type, physicalId, arn }) => types.includes(type) && (physicalId === id || arn === id),
      );
      if (found !== undefined)
        return { ...writtenProperties(template, found.logicalId), ...found.properties };
    }
    return {};
  }

  /** When the stack of a resource was loaded, milliseconds. */
  createdMs(physicalId: string): number {
    const stacks = [...this.#cloudformation.stacks.values()];
    return (
      stacks.find(({ resources }) => resources.some((one) => one.physicalId === physicalId))?.createdMs ?? 0
    );
  }
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const isTag = (value: unknown): value is Tag =>
  typeof value === 'object' && value !== null && 'Key' in value && 'Value' in value;

/** The tags of a resource: most types have a list, some a map. */
export function tagsOf({ Tags }: Properties): Tag[] {
  if (Array.isArray(Tags)) return (Tags as unknown[]).filter(isTag).map(({ Key, Value }) => ({ Key, Value }));
  return typeof Tags === 'object' && Tags !== null
    ? Object.entries(Tags).map(([Key, Value]) => ({ Key, Value: String(Value) }))
    : [];
}

export const textOf = (properties: Properties, name: string): string | undefined => {
  const value = properties[name];
  return typeof value === 'string' ? value : undefined;
};

export const tagMap = (properties: Properties): Record<string, string> =>
  Object.fromEntries(tagsOf(properties).map(({ Key, Value }) => [Key, Value]));

/** A field inside properties, such as `VersioningConfiguration.Status`. */
export const fieldOf = (properties: Properties, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined,
    properties,
  );

/** The properties of a resource as its template has them, without those that refer to something. */
function writtenProperties(template: unknown, logicalId: string): Properties {
  const written = fieldOf({ template }, 'template', 'Resources', logicalId, 'Properties');
  if (typeof written !== 'object' || written === null) return {};
  return Object.fromEntries(Object.entries(written).filter(([, value]) => !refers(value)));
}

/** Whether a value contains a function of CloudFormation, such as `Ref` or `Fn::GetAtt`. */
function refers(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refers);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => key === 'Ref' || key.startsWith('Fn::') || refers(inner),
  );
}
