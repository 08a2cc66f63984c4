import type { AssemblyStack } from './assembly.ts';
import type { ResolvedStack, ResolveOptions } from './resolved.ts';
import { StackSet, type StackToLoad } from './stack-set.ts';
import type { Template } from './template.ts';

export { DEFAULT_ORIGIN } from './resolution.ts';
export type { Needs, ResolvedResource, ResolvedStack, ResolveOptions, SkippedResource } from './resolved.ts';
export type { StackToLoad } from './stack-set.ts';

/**
 * Resolves every name, ARN and property of a stack, and of the stacks before it, in the order in which they are loaded. Throws
 * `TemplateRefused`.
 */
export const resolveStacks = (
  stacks: readonly AssemblyStack[],
  chosen: AssemblyStack,
  optionsOf: (stack: AssemblyStack) => ResolveOptions,
): readonly StackToLoad[] => new StackSet(stacks, chosen, optionsOf).resolve();

/** Resolves every name, ARN and property of a template as the embedded AWS will load it. Throws `TemplateRefused`. */
export function resolveTemplate(template: Template, options: ResolveOptions): ResolvedStack {
  const { stackName } = options;
  const stack = { key: stackName, id: stackName, displayName: stackName, stackName, template };
  const alone: AssemblyStack = { ...stack, assets: new Map(), dependencies: [] };
  const [only] = resolveStacks([alone], alone, () => options);
  if (only === undefined) throw new TypeError('A template resolves to one stack.');
  return only.resolved;
}
