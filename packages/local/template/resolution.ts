import { arnOf } from '../gateway/account-and-region.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { targetsOf } from './attachments.ts';
import { withReferences } from './dynamic-references.ts';
import type { Identity, ResourceType } from './identity.ts';
import { type StackScope, evaluate } from './intrinsics.ts';
import { uuidOf } from './physical-name.ts';
import { CircularReference, TemplateRefused } from './refusal.ts';
import { IGNORED_TYPES, RESOURCE_TYPES } from './resource-types/resource-types.ts';
import type { Template, TemplateResource } from './template.ts';

export interface ResolvedResource extends Identity {
  readonly logicalId: string;
  readonly type: string;
  /** The properties that have an effect in the embedded AWS. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Kept when a later template does not contain it. */
  readonly retained: boolean;
  /** Whether the caller needs it. Another one is skipped if it cannot be loaded. */
  readonly needed: boolean;
  /** The logical ids, in the same stack, of the resources to which its properties refer. */
  readonly refersTo: ReadonlySet<string>;
}

/** A resource that is not loaded, because nothing needs it. */
export interface SkippedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** Why it cannot be loaded. */
  readonly because: string;
}

export interface ResolvedOutput {
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
  readonly skipped: readonly SkippedResource[];
}

/** What a stack can use of other stacks. */
export interface OtherStacks {
  importValue(exportName: string): string;
  stackOutput(stackName: string, output: string): string;
  /** The value of an SSM parameter, by its name. */
  parameter(name: string): string;
}

/** Whether the caller needs a resource, and with it everything to which that refers. */
export type Needs = (resource: TemplateResource, logicalId: string) => boolean;

export interface ResolveOptions {
  readonly stackName: string;
  /** The origin of function URLs, without a trailing slash. @default http://127.0.0.1:4566 */
  readonly origin?: string;
  /** The stack's current resources, if this is an update. */
  readonly previous?: ReadonlyMap<string, ResolvedResource>;
  /** The highest version number that a function has had. @default 0 */
  readonly lastVersion?: (functionName: string) => number;
  /** Resources that cannot be loaded are refused if they are needed, and skipped otherwise. @default - all are needed */
  readonly needs?: Needs;
}

export const DEFAULT_ORIGIN = 'http://127.0.0.1:4566';

/** What the stacks of one app share while they are resolved. */
export interface Progress {
  /** The resources that are being resolved, each needed by the one before. */
  readonly chain: { readonly stackName: string; readonly logicalId: string; readonly name: string }[];
  phase: 'needed' | 'peek' | 'rest';
}

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

/** A resource as a person knows it: a parameter's name, or the path of the construct. */
function nameOf(logicalId: string, { Type, Properties, Metadata }: TemplateResource): string {
  if (Type === 'AWS::SSM::Parameter' && typeof Properties['Name'] === 'string') return Properties['Name'];
  return Metadata?.['aws:cdk:path'] ?? logicalId;
}

/** `AWS::SSM::Parameter::Value<String>`: the value is that of the parameter which the default names. */
const takesValueOfParameter = (type: string): boolean => type.startsWith('AWS::SSM::Parameter::Value<');

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;

/** Resolves one template: each resource once, after those it needs. */
export class Resolution implements StackScope {
  readonly stackName: string;
  readonly stackId: string;
  readonly resources = new Map<string, ResolvedResource>();
  readonly template: Template;
  readonly #options: ResolveOptions;
  readonly #others: OtherStacks;
  readonly #progress: Progress;
  readonly #refusals = new Map<string, TemplateRefused>();
  readonly #references: Set<string>[] = [];
  readonly #versions = new Map<string, number>();

  constructor(template: Template, options: ResolveOptions, others: OtherStacks, progress: Progress) {
    this.template = template;
    this.#options = options;
    this.#others = others;
    this.#progress = progress;
    this.stackName = options.stackName;
    this.stackId = arnOf('cloudformation', `stack/${this.stackName}/${uuidOf(`stack/${this.stackName}`)}`);
  }

  ref(name: string): unknown {
    const parameter = this.template.Parameters[name];
    if (parameter === undefined) return this.resource(name).physicalId;
    if (parameter.Default === undefined) {
      throw new TemplateRefused(
        `The parameter ${name} has no default; the embedded AWS accepts no other parameter values.`,
      );
    }
    return takesValueOfParameter(parameter.Type)
      ? this.#others.parameter(String(parameter.Default))
      : parameter.Default;
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
    const condition = this.template.Conditions[name];
    if (condition === undefined) throw new TemplateRefused(`The template has no condition ${name}.`);
    return evaluate(condition, this, `Conditions.${name}`) === true;
  }

  mapping(name: string, first: string, second: string): unknown {
    const value = fieldOf(fieldOf(this.template.Mappings[name], first), second);
    if (value !== undefined) return value;
    throw new TemplateRefused(`The template has no mapping ${name}.${first}.${second}.`);
  }

  importValue(exportName: string): string {
    return this.#others.importValue(exportName);
  }

  stackOutput(stackName: string, output: string): string {
    return this.#others.stackOutput(stackName, output);
  }

  /** Resolves a resource, and everything to which it refers. */
  resource(logicalId: string): ResolvedResource {
    this.#references.at(-1)?.add(logicalId);
    const done = this.resources.get(logicalId);
    if (done !== undefined) return done;
    const refused = this.#refusals.get(logicalId);
    if (refused !== undefined) throw refused;
    if (this.#progress.phase === 'peek') throw new TemplateRefused(`${logicalId} is not resolved yet.`);
    const resource = this.template.Resources[logicalId];
    if (resource === undefined)
      throw new TemplateRefused(`The template has no resource or parameter ${logicalId}.`);
    return this.#inChain(logicalId, resource);
  }

  #inChain(logicalId: string, resource: TemplateResource): ResolvedResource {
    const { chain } = this.#progress;
    const { stackName } = this;
    if (chain.some((one) => one.logicalId === logicalId && one.stackName === stackName)) {
      const ids = [...chain.map((one) => one.logicalId), logicalId];
      throw new CircularReference(`The resources ${ids.join(' -> ')} need each other.`);
    }
    const references = new Set<string>();
    chain.push({ stackName, logicalId, name: nameOf(logicalId, resource) });
    this.#references.push(references);
    try {
      const resolved = this.#resolve(logicalId, resource, references);
      this.resources.set(logicalId, resolved);
      return resolved;
    } catch (error) {
      if (error instanceof TemplateRefused && this.#progress.phase === 'rest')
        this.#refusals.set(logicalId, error);
      throw error;
    } finally {
      this.#references.pop();
      chain.pop();
    }
  }

  #resolve(logicalId: string, resource: TemplateResource, refersTo: ReadonlySet<string>): ResolvedResource {
    const type = this.#explained(-1, () => supportedType(logicalId, resource));
    for (const other of [resource.DependsOn].flat()) this.#order(other);
    const properties = this.#explained(undefined, () => this.#properties(logicalId, resource, type));
    const versionOf = (name: string): number => this.#versionOf(logicalId, name);
    const { stackName } = this;
    const origin = this.#options.origin ?? DEFAULT_ORIGIN;
    return {
      logicalId,
      type: resource.Type,
      properties,
      retained: resource.DeletionPolicy?.startsWith('Retain') === true,
      needed: this.#progress.phase === 'needed',
      refersTo,
      ...type.identify(properties, { stackName, logicalId, origin, versionOf }),
    };
  }

  /** Properties without effect are not evaluated: what they refer to is not needed. */
  #properties(
    logicalId: string,
    { Properties }: TemplateResource,
    { used }: ResourceType,
  ): Record<string, unknown> {
    const written = Object.fromEntries(Object.entries(Properties).filter(([name]) => used.includes(name)));
    const evaluated = evaluate(written, this, logicalId);
    const parameter = (name: string): string => this.#others.parameter(name);
    return withReferences(evaluated, parameter, logicalId) as Record<string, unknown>;
  }

  /** `DependsOn` only orders resources. What cannot be loaded, such as a route of a VPC, is not waited for. */
  #order(other: string): void {
    this.#references.push(new Set());
    try {
      if (this.isIncluded(other)) this.resource(other);
    } catch (error) {
      const isStrict = this.#options.needs === undefined;
      if (isStrict || !(error instanceof TemplateRefused) || error instanceof CircularReference) throw error;
    } finally {
      this.#references.pop();
    }
  }

  /** Adds to a refusal, once, what needs the refused: the resources in the chain, up to `end`. */
  #explained<T>(end: number | undefined, resolve: () => T): T {
    try {
      return resolve();
    } catch (error) {
      if (!(error instanceof TemplateRefused) || error instanceof CircularReference) throw error;
      if (this.#options.needs === undefined || this.#progress.phase !== 'needed') throw error;
      const names = this.#progress.chain.slice(0, end).map(({ name }) => name);
      if (names.length === 0 || error.message.includes(NEEDED_BY)) throw error;
      throw new TemplateRefused(
        `${error.message}${NEEDED_BY}${names.reverse().join(', which is needed by ')}.`,
      );
    }
  }

  /**
   * Keeps the number of a version that an earlier template had under the same logical id. Others get the next
   * number.
   */
  #versionOf(logicalId: string, functionName: string): number {
    const { previous, lastVersion } = this.#options;
    const before = previous?.get(logicalId);
    if (before !== undefined && before.arn.includes(`:function:${functionName}:`))
      return Number(before.attributes['Version']);
    const version = (this.#versions.get(functionName) ?? lastVersion?.(functionName) ?? 0) + 1;
    this.#versions.set(functionName, version);
    return version;
  }

  isIncluded(logicalId: string): boolean {
    const resource = this.template.Resources[logicalId];
    if (resource === undefined || IGNORED_TYPES.has(resource.Type)) return false;
    return resource.Condition === undefined || this.condition(resource.Condition);
  }

  /** Resolves what the caller needs. Throws `TemplateRefused`. */
  resolveNeeded(): void {
    const { needs = () => true } = this.#options;
    for (const [logicalId, resource] of Object.entries(this.template.Resources))
      if (needs(resource, logicalId) && this.isIncluded(logicalId)) this.resource(logicalId);
  }

  /** The ids of the resources that are not resolved, and that change one of the given: names and ARNs. */
  attachmentsOf(identities: ReadonlySet<string>): readonly string[] {
    return Object.entries(this.template.Resources)
      .filter(
        ([logicalId, resource]) =>
          !this.resources.has(logicalId) &&
          targetsOf(resource).some((target) => this.#changes(target, identities)) &&
          this.isIncluded(logicalId),
      )
      .map(([logicalId]) => logicalId);
  }

  #changes(target: unknown, identities: ReadonlySet<string>): boolean {
    const { phase } = this.#progress;
    this.#progress.phase = 'peek';
    try {
      return [evaluate(target, this, 'target')].flat().some((value) => identities.has(String(value)));
    } catch (error) {
      if (error instanceof TemplateRefused) return false;
      throw error;
    } finally {
      this.#progress.phase = phase;
    }
  }

  /** Resolves all other resources. Returns those that it skipped, because they cannot be loaded. */
  resolveRest(): readonly SkippedResource[] {
    const { stackName } = this;
    return Object.entries(this.template.Resources).flatMap(([logicalId, { Type: type }]) => {
      try {
        if (this.isIncluded(logicalId)) this.resource(logicalId);
        return [];
      } catch (error) {
        if (!(error instanceof TemplateRefused)) throw error;
        return [{ stackName, logicalId, type, because: error.message }];
      }
    });
  }

  /** The value of an output. Throws `TemplateRefused`. */
  output(key: string): string {
    const output = this.template.Outputs[key];
    if (output === undefined) throw new TemplateRefused(`The stack ${this.stackName} has no output ${key}.`);
    return String(evaluate(output.Value, this, `Outputs.${key}`));
  }

  /** The name under which an output is exported. Throws `TemplateRefused`. */
  exportName(key: string): string | undefined {
    const { Export } = this.template.Outputs[key] ?? {};
    return Export && String(evaluate(Export.Name, this, `Outputs.${key}.Export`));
  }

  /** All outputs. Those that refer to a skipped resource are left out. */
  outputs(): ResolvedOutput[] {
    return Object.entries(this.template.Outputs).flatMap(([key, { Condition, Description }]) => {
      try {
        if (Condition !== undefined && !this.condition(Condition)) return [];
        const parts = { exportName: this.exportName(key), description: Description };
        return [{ key, value: this.output(key), ...omitUndefined(parts) }];
      } catch (error) {
        if (error instanceof TemplateRefused && this.#options.needs !== undefined) return [];
        throw error;
      }
    });
  }
}

const NEEDED_BY = ' It is needed by ';
