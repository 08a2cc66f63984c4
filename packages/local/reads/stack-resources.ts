import type { CloudFormation } from '../cloudformation/cloudformation.ts';
import type { ResolvedResource } from '../template/resolve.ts';

/** The properties of a template's resource. Those without an effect here are shown as they are in the template. */
export type Properties = Readonly<Record<string, unknown>>;

/** Finds the template's resources that a call describes. */
export class StackResources {
  readonly #cloudformation: CloudFormation;

  constructor(cloudformation: CloudFormation) {
    this.#cloudformation = cloudformation;
  }

  all(): readonly ResolvedResource[] {
    return [...this.#cloudformation.stacks.values()].flatMap(({ resources }) => resources);
  }

  ofType(...types: readonly string[]): readonly ResolvedResource[] {
    return this.all().filter(({ type }) => types.includes(type));
  }

  /** The properties of the resource with this physical id or ARN; empty when no template has it. */
  properties(types: readonly string[], id: string): Properties {
    return (
      this.ofType(...types).find(({ physicalId, arn }) => physicalId === id || arn === id)?.properties ?? {}
    );
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
