import { arnOf } from '../gateway/account-and-region.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Identity, ResourceType } from './identity.ts';
import { type StackScope, evaluate } from './intrinsics.ts';
import { uuidOf } from './physical-name.ts';
import { TemplateRefused } from './refusal.ts';
import { IGNORED_TYPES, RESOURCE_TYPES } from './resource-types/resource-types.ts';
import type { Template, TemplateResource } from './template.ts';

export interface ResolvedResource extends Identity {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Kept when a later template does not contain it. */
  readonly retained: boolean;
}

interface ResolvedOutput {
  readonly key: string;
  readonly value: string;
  readonly exportName?: string;
  readonly description?: string;
}

export interface ResolvedStack {
  readonly stackName: string;
  readonly stackId: string;
  /** In order of dependencies: a resource comes after those it needs. */
  readonly resources: readonly ResolvedResource[];
  readonly outputs: readonly ResolvedOutput[];
}

export interface ResolveOptions {
  readonly stackName: string;
  /** The origin of function URLs, without a trailing slash. @default http://127.0.0.1:4566 */
  readonly origin?: string;
  /** The stack's current resources, if this is an update. */
  readonly previous?: ReadonlyMap<string, ResolvedResource>;
  /** The highest version number that a function has had. @default 0 */
  readonly lastVersion?: (functionName: string) => number;
}

export const DEFAULT_ORIGIN = 'http://127.0.0.1:4566';

function supportedType(logicalId: string, { Type, Properties }: TemplateResource): ResourceType {
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

/** Resolves one template: each resource once, after those it needs. */
class Resolution implements StackScope {
  readonly stackName: string;
  readonly stackId: string;
  readonly resources = new Map<string, ResolvedResource>();
  readonly #template: Template;
  readonly #origin: string;
  readonly #previous: ReadonlyMap<string, ResolvedResource>;
  readonly #lastVersion: (functionName: string) => number;
  readonly #inProgress: string[] = [];
  readonly #versions = new Map<string, number>();

  constructor(template: Template, options: ResolveOptions) {
    const { stackName, origin } = options;
    this.#previous = options.previous ?? new Map();
    this.#lastVersion = options.lastVersion ?? (() => 0);
    this.#template = template;
    this.stackName = stackName;
    this.stackId = arnOf('cloudformation', `stack/${stackName}/${uuidOf(`stack/${stackName}`)}`);
    this.#origin = origin ?? DEFAULT_ORIGIN;
  }

  ref(name: string): unknown {
    const parameter = this.#template.Parameters[name];
    if (parameter === undefined) return this.resource(name).physicalId;
    if (parameter.Default !== undefined) return parameter.Default;
    throw new TemplateRefused(
      `The parameter ${name} has no default; the embedded AWS accepts no other parameter values.`,
    );
  }

  getAtt(logicalId: string, attribute: string): unknown {
    const { attributes, type } = this.resource(logicalId);
    const value = attributes[attribute];
    if (value !== undefined) return value;
    throw new TemplateRefused(
      `The attribute ${attribute} of ${logicalId} (${type}) is not supported by the embedded AWS; it has ${Object.keys(attributes).join(', ') || 'none'}.`,
    );
  }

  condition(name: string): boolean {
    const condition = this.#template.Conditions[name];
    if (condition === undefined) throw new TemplateRefused(`The template has no condition ${name}.`);
    return evaluate(condition, this, `Conditions.${name}`) === true;
  }

  resource(logicalId: string): ResolvedResource {
    const done = this.resources.get(logicalId);
    if (done !== undefined) return done;
    const resource = this.#template.Resources[logicalId];
    if (resource === undefined)
      throw new TemplateRefused(`The template has no resource or parameter ${logicalId}.`);
    if (this.#inProgress.includes(logicalId))
      throw new TemplateRefused(
        `The resources ${[...this.#inProgress, logicalId].join(' -> ')} need each other.`,
      );
    this.#inProgress.push(logicalId);
    const resolved = this.#resolve(logicalId, resource);
    this.#inProgress.pop();
    this.resources.set(logicalId, resolved);
    return resolved;
  }

  #resolve(logicalId: string, resource: TemplateResource): ResolvedResource {
    const type = supportedType(logicalId, resource);
    for (const other of [resource.DependsOn].flat()) if (this.isIncluded(other)) this.resource(other);
    const properties = evaluate(resource.Properties, this, logicalId) as Record<string, unknown>;
    const versionOf = (name: string): number => this.#versionOf(logicalId, name);
    const { stackName } = this;
    return {
      logicalId,
      type: resource.Type,
      properties,
      retained: resource.DeletionPolicy?.startsWith('Retain') === true,
      ...type.identify(properties, { stackName, logicalId, origin: this.#origin, versionOf }),
    };
  }

  /**
   * Keeps the number of a version that an earlier template had under the same logical id. Others get the next
   * number.
   */
  #versionOf(logicalId: string, functionName: string): number {
    const before = this.#previous.get(logicalId);
    if (before !== undefined && before.arn.includes(`:function:${functionName}:`))
      return Number(before.attributes['Version']);
    const version = (this.#versions.get(functionName) ?? this.#lastVersion(functionName)) + 1;
    this.#versions.set(functionName, version);
    return version;
  }

  isIncluded(logicalId: string): boolean {
    const resource = this.#template.Resources[logicalId];
    if (resource === undefined || IGNORED_TYPES.has(resource.Type)) return false;
    return resource.Condition === undefined || this.condition(resource.Condition);
  }

  outputs(): ResolvedOutput[] {
    const wanted = Object.entries(this.#template.Outputs).filter(
      ([, { Condition }]) => Condition === undefined || this.condition(Condition),
    );
    return wanted.map(([key, { Value, Export, Description }]) => ({
      key,
      value: String(evaluate(Value, this, `Outputs.${key}`)),
      ...(Export !== undefined && {
        exportName: String(evaluate(Export.Name, this, `Outputs.${key}.Export`)),
      }),
      ...omitUndefined({ description: Description }),
    }));
  }
}

/**
 * Resolves every name, ARN and property of a stack as the embedded AWS will load it. Throws
 * `TemplateRefused`.
 */
export function resolveTemplate(template: Template, options: ResolveOptions): ResolvedStack {
  const resolution = new Resolution(template, options);
  for (const logicalId of Object.keys(template.Resources))
    if (resolution.isIncluded(logicalId)) resolution.resource(logicalId);
  const outputs = resolution.outputs();
  return {
    stackName: resolution.stackName,
    stackId: resolution.stackId,
    resources: [...resolution.resources.values()],
    outputs,
  };
}
