import type { AssemblyStack } from './assembly.ts';
import { TemplateRefused } from './refusal.ts';
import {
  Resolution,
  type OtherStacks,
  type Progress,
  type ResolvedStack,
  type ResolveOptions,
} from './resolution.ts';
import type { Template } from './template.ts';

export { DEFAULT_ORIGIN } from './resolution.ts';
export type {
  Needs,
  ResolvedResource,
  ResolvedStack,
  ResolveOptions,
  SkippedResource,
} from './resolution.ts';

/** The stacks of one app while they are resolved. */
class StackSet implements OtherStacks {
  readonly #resolutions: ReadonlyMap<AssemblyStack, Resolution>;
  readonly #progress: Progress = { chain: [], phase: 'needed' };

  constructor(stacks: readonly AssemblyStack[], optionsOf: (stack: AssemblyStack) => ResolveOptions) {
    this.#resolutions = new Map(
      stacks.map((stack) => [stack, new Resolution(stack.template, optionsOf(stack), this, this.#progress)]),
    );
  }

  importValue(exportName: string): string {
    const producers = this.#all().flatMap((producer) =>
      Object.keys(producer.template.Outputs)
        .filter((key) => this.#quietly(() => producer.exportName(key)) === exportName)
        .map((key) => ({ producer, key })),
    );
    const [found] = producers;
    if (found !== undefined && producers.length === 1) return found.producer.output(found.key);
    throw new TemplateRefused(
      found === undefined
        ? `No stack of the assembly exports ${exportName}. Add the stack that exports it to the app.`
        : `${producers.map(({ producer }) => producer.stackName).join(' and ')} export ${exportName}.`,
    );
  }

  stackOutput(stackName: string, output: string): string {
    const producers = this.#all().filter((resolution) => resolution.stackName === stackName);
    const [producer] = producers;
    if (producer !== undefined && producers.length === 1) return producer.output(output);
    throw new TemplateRefused(
      `The assembly has ${producers.length} stacks with the name ${stackName}, whose output ${output} is used.`,
    );
  }

  parameter(name: string): string {
    for (const resolution of this.#all()) {
      for (const [logicalId, { Type, Properties }] of Object.entries(resolution.template.Resources)) {
        if (Type !== 'AWS::SSM::Parameter' || Properties['Name'] !== name) continue;
        return resolution.resource(logicalId).attributes['Value'] ?? '';
      }
    }
    throw new TemplateRefused(
      `No stack of the assembly has the SSM parameter ${name}, whose value is used. Add its stack to the app.`,
    );
  }

  /** Resolves the stack, and the stacks before it, in the order in which they are loaded. */
  resolve(chosen: AssemblyStack): readonly StackToLoad[] {
    this.#resolutionOf(chosen).resolveNeeded();
    for (const stack of this.#loadOrder(chosen)) this.#resolutionOf(stack).resolveNeeded();
    this.#resolveAttachments();
    const order = this.#loadOrder(chosen);
    this.#progress.phase = 'rest';
    return order.map((stack) => ({ stack, resolved: this.#rest(this.#resolutionOf(stack)) }));
  }

  #rest(resolution: Resolution): ResolvedStack {
    const { stackName, stackId } = resolution;
    const skipped = resolution.resolveRest();
    const outputs = resolution.outputs();
    return { stackName, stackId, resources: [...resolution.resources.values()], outputs, skipped };
  }

  /** Resolves what changes a needed resource, until nothing is added. */
  #resolveAttachments(): void {
    for (;;) {
      const needed = new Set(this.#all().flatMap(identities));
      const found = this.#all().flatMap((resolution) =>
        resolution.attachmentsOf(needed).map((logicalId) => ({ resolution, logicalId })),
      );
      for (const { resolution, logicalId } of found) resolution.resource(logicalId);
      if (found.length === 0) return;
    }
  }

  /** The stacks to which the chosen one refers, those on which they depend, and the chosen one. */
  #loadOrder(chosen: AssemblyStack): readonly AssemblyStack[] {
    const byKey = new Map([...this.#resolutions.keys()].map((stack) => [stack.key, stack]));
    const order = new Set<AssemblyStack>();
    const add = (stack: AssemblyStack): void => {
      if (order.has(stack) || stack === chosen) return;
      for (const key of stack.dependencies) {
        const before = byKey.get(key);
        if (before !== undefined) add(before);
      }
      order.add(stack);
    };
    for (const key of chosen.dependencies) {
      const before = byKey.get(key);
      if (before !== undefined) add(before);
    }
    for (const [stack, { resources }] of this.#resolutions) if (resources.size > 0) add(stack);
    return [...order, chosen];
  }

  #all(): readonly Resolution[] {
    return [...this.#resolutions.values()];
  }

  #resolutionOf(stack: AssemblyStack): Resolution {
    const resolution = this.#resolutions.get(stack);
    if (resolution === undefined) throw new TypeError(`${stack.key} is not in the assembly.`);
    return resolution;
  }

  #quietly(evaluate: () => string | undefined): string | undefined {
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof TemplateRefused) return undefined;
      throw error;
    }
  }
}

const identities = ({ resources }: Resolution): readonly string[] =>
  [...resources.values()].flatMap(({ physicalId, arn }) => [physicalId, ...(arn === '' ? [] : [arn])]);

/** A stack with its resources, as the embedded AWS loads them. */
export interface StackToLoad {
  readonly stack: AssemblyStack;
  readonly resolved: ResolvedStack;
}

/**
 * Resolves every name, ARN and property of a stack, and of the stacks before it, in the order in which they are loaded. Throws
 * `TemplateRefused`.
 */
export const resolveStacks = (
  stacks: readonly AssemblyStack[],
  chosen: AssemblyStack,
  optionsOf: (stack: AssemblyStack) => ResolveOptions,
): readonly StackToLoad[] => new StackSet(stacks, optionsOf).resolve(chosen);

/** Resolves every name, ARN and property of a template as the embedded AWS will load it. Throws `TemplateRefused`. */
export function resolveTemplate(template: Template, options: ResolveOptions): ResolvedStack {
  const { stackName } = options;
  const stack = { key: stackName, id: stackName, displayName: stackName, stackName, template };
  const alone: AssemblyStack = { ...stack, assets: new Map(), dependencies: [] };
  const [only] = resolveStacks([alone], alone, () => options);
  if (only === undefined) throw new TypeError('A template resolves to one stack.');
  return only.resolved;
}
