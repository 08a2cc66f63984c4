import { arnOf } from '../gateway/account-and-region.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { targetsOf } from './attachments.ts';
import { withReferences } from './dynamic-references.ts';
import type { ResourceType } from './identity.ts';
import { type StackScope, evaluate } from './intrinsics.ts';
import { uuidOf } from './physical-name.ts';
import type { Progress } from './progress.ts';
import { CircularReference, TemplateRefused } from './refusal.ts';
import type {
  OtherStacks,
  ResolvedOutput,
  ResolvedResource,
  ResolveOptions,
  SkippedResource,
} from './resolved.ts';
import { IGNORED_TYPES } from './resource-types/resource-types.ts';
import { supportedType } from './supported-type.ts';
import type { Template, TemplateResource } from './template.ts';

export const DEFAULT_ORIGIN = 'http://127.0.0.1:4566';

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
    const references = new Set<string>();
    this.#references.push(references);
    try {
      const resolved = this.#progress.within(this.stackName, logicalId, resource, () =>
        this.#resolve(logicalId, resource, references),
      );
      this.resources.set(logicalId, resolved);
      return resolved;
    } catch (error) {
      if (error instanceof TemplateRefused && this.#progress.phase === 'rest')
        this.#refusals.set(logicalId, error);
      throw error;
    } finally {
      this.#references.pop();
    }
  }

  #resolve(logicalId: string, resource: TemplateResource, refersTo: ReadonlySet<string>): ResolvedResource {
    const progress = this.#progress;
    const type = this.#explained(
      () => supportedType(logicalId, resource),
      () => progress.becauseOfOthers(),
    );
    for (const other of [resource.DependsOn].flat()) this.#order(other);
    const properties = this.#explained(
      () => this.#properties(logicalId, resource, type),
      () => progress.becauseOfLast(),
    );
    const versionOf = (name: string): number => this.#versionOf(logicalId, name);
    const { stackName } = this;
    const origin = this.#options.origin ?? DEFAULT_ORIGIN;
    return {
      logicalId,
      type: resource.Type,
      properties,
      retained: resource.DeletionPolicy?.startsWith('Retain') === true,
      needed: progress.phase === 'needed',
      neededBecause: this.#options.needs === undefined ? '' : progress.becauseOfOthers(),
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

  /** The reason is added only for a caller that passed `needs`. */
  #explained<T>(resolve: () => T, because: () => string): T {
    return this.#options.needs === undefined ? resolve() : this.#progress.explained(resolve, because);
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

  /** Resolves the resources that change one of the given, by name or ARN. Returns whether there were any that were not resolved. */
  resolveAttachments(identities: ReadonlySet<string>): boolean {
    const found = Object.entries(this.template.Resources).flatMap(([logicalId, resource]) => {
      if (this.resources.has(logicalId)) return [];
      const changed = targetsOf(resource).flatMap((target) => this.#peek(target));
      const attachedTo = changed.find((target) => identities.has(target));
      return attachedTo !== undefined && this.isIncluded(logicalId) ? [{ logicalId, attachedTo }] : [];
    });
    for (const { logicalId, attachedTo } of found) {
      this.#progress.attachedTo = attachedTo;
      this.resource(logicalId);
    }
    this.#progress.attachedTo = undefined;
    return found.length > 0;
  }

  /** The value of a property, as far as it refers only to what is resolved. */
  #peek(value: unknown): readonly string[] {
    const { phase } = this.#progress;
    this.#progress.phase = 'peek';
    try {
      return [evaluate(value, this, 'target')].flat().map(String);
    } catch (error) {
      if (error instanceof TemplateRefused) return [];
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
