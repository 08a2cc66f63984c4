import { dirname } from 'node:path';
import type { AssemblyStack } from './assembly.ts';
import { Progress } from './progress.ts';
import { TemplateRefused } from './refusal.ts';
import { Resolution } from './resolution.ts';
import type { OtherStacks, ResolvedStack, ResolveOptions } from './resolved.ts';

/** A stack with its resources, as the embedded AWS loads them. */
export interface StackToLoad {
  readonly stack: AssemblyStack;
  readonly resolved: ResolvedStack;
}

/** Where a stack has a value: the key of an output, or the id of a resource. */
interface Found {
  readonly producer: Resolution;
  readonly key: string;
}

/** The stacks of one app while one of them is resolved, with those that it needs. */
export class StackSet implements OtherStacks {
  readonly #resolutions: ReadonlyMap<AssemblyStack, Resolution>;
  readonly #progress = new Progress();
  readonly #chosen: AssemblyStack;

  constructor(
    stacks: readonly AssemblyStack[],
    chosen: AssemblyStack,
    optionsOf: (stack: AssemblyStack) => ResolveOptions,
  ) {
    this.#chosen = chosen;
    this.#resolutions = new Map(
      stacks.map((stack) => [stack, new Resolution(stack.template, optionsOf(stack), this, this.#progress)]),
    );
  }

  /** Resolves the chosen stack, and the stacks before it, in the order in which they are loaded. */
  resolve(): readonly StackToLoad[] {
    this.#resolutionOf(this.#chosen).resolveNeeded();
    for (const stack of this.#loadOrder()) this.#resolutionOf(stack).resolveNeeded();
    this.#resolveAttachments();
    const order = this.#loadOrder();
    assertNamesDiffer(order);
    this.#progress.phase = 'rest';
    return order.map((stack) => ({ stack, resolved: this.#rest(this.#resolutionOf(stack)) }));
  }

  importValue(exportName: string): string {
    const { producer, key } = this.#find(`export ${exportName}`, (candidate) =>
      Object.keys(candidate.template.Outputs).filter((name) => exportNameOf(candidate, name) === exportName),
    );
    return producer.output(key);
  }

  stackOutput(stackName: string, output: string): string {
    const { producer } = this.#find(`stack ${stackName}, whose output ${output} is used`, (candidate) =>
      candidate.stackName === stackName ? [output] : [],
    );
    return producer.output(output);
  }

  parameter(name: string): string {
    const { producer, key } = this.#find(`SSM parameter ${name}`, ({ template }) =>
      Object.entries(template.Resources)
        .filter(([, { Type, Properties }]) => Type === 'AWS::SSM::Parameter' && Properties['Name'] === name)
        .map(([logicalId]) => logicalId),
    );
    return producer.resource(key).attributes['Value'] ?? '';
  }

  /**
   * Finds a value in the stacks before the chosen one, else in those of its stage, else in all: the stages of an app have the same names.
   * Throws `TemplateRefused` if there is none, or more than one.
   */
  #find(what: string, keysIn: (candidate: Resolution) => readonly string[]): Found {
    for (const scope of [
      this.#withDependencies(this.#chosen),
      this.#stage(),
      [...this.#resolutions.keys()],
    ]) {
      const found = scope.flatMap((stack) => {
        const producer = this.#resolutionOf(stack);
        return keysIn(producer).map((key) => ({ producer, key }));
      });
      const [only] = found;
      if (only !== undefined && found.length === 1) return only;
      if (found.length > 0) {
        const names = found.map(({ producer }) => producer.stackName).join(' and ');
        throw new TemplateRefused(`The assembly has the ${what} more than once: in ${names}.`);
      }
    }
    throw new TemplateRefused(`No stack of the assembly has the ${what}. Add its stack to the app.`);
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
      const stacks = new Set([...this.#stage(), ...this.#loadOrder()]);
      const resolutions = [...stacks].map((stack) => this.#resolutionOf(stack));
      const needed = new Set(resolutions.flatMap(identities));
      const found = resolutions.map((resolution) => resolution.resolveAttachments(needed));
      if (!found.includes(true)) return;
    }
  }

  /** The stacks before the chosen one, others to which it refers, and the chosen one. */
  #loadOrder(): readonly AssemblyStack[] {
    const order = new Set(this.#withDependencies(this.#chosen));
    order.delete(this.#chosen);
    for (const [stack, { resources }] of this.#resolutions)
      if (resources.size > 0 && stack !== this.#chosen)
        for (const before of this.#withDependencies(stack)) if (before !== this.#chosen) order.add(before);
    return [...order, this.#chosen];
  }

  /** The stacks on which a stack depends, each after those on which it depends, and the stack. */
  #withDependencies(stack: AssemblyStack): readonly AssemblyStack[] {
    const order = new Set<AssemblyStack>();
    const visited = new Set<AssemblyStack>();
    const visit = (one: AssemblyStack): void => {
      if (visited.has(one)) return;
      visited.add(one);
      for (const other of this.#resolutions.keys()) if (one.dependencies.includes(other.key)) visit(other);
      order.add(one);
    };
    visit(stack);
    return [...order];
  }

  /** The stacks in the same stage, or outside any stage, as the chosen one. */
  #stage(): readonly AssemblyStack[] {
    const folder = dirname(this.#chosen.key);
    return [...this.#resolutions.keys()].filter(({ key }) => dirname(key) === folder);
  }

  #resolutionOf(stack: AssemblyStack): Resolution {
    const resolution = this.#resolutions.get(stack);
    if (resolution === undefined) throw new TypeError(`${stack.key} is not in the assembly.`);
    return resolution;
  }
}

/** Stacks of two regions can have the same name; the embedded AWS has one region. */
function assertNamesDiffer(stacks: readonly AssemblyStack[]): void {
  const names = stacks.map(({ stackName }) => stackName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new TemplateRefused(
    `Two of the stacks ${stacks.map(({ displayName }) => displayName).join(', ')} have the name ${twice}; the embedded AWS has one region, with one stack of each name.`,
  );
}

/** Undefined for an output without one, and for a name that cannot be resolved. */
function exportNameOf(resolution: Resolution, output: string): string | undefined {
  try {
    return resolution.exportName(output);
  } catch (error) {
    if (error instanceof TemplateRefused) return undefined;
    throw error;
  }
}

const identities = ({ resources }: Resolution): readonly string[] =>
  [...resources.values()].flatMap(({ physicalId, arn }) => [physicalId, ...(arn === '' ? [] : [arn])]);
