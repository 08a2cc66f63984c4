import { type AssemblyStack, pickStack, readStacks } from './assembly.ts';
import {
  type Needs,
  type ResolvedStack,
  type ResolveOptions,
  resolveStacks,
  type StackToLoad,
} from './resolve.ts';
import type { Template } from './template.ts';

export interface AssemblyOptions {
  /** The name, id or display name of a stack. @default - the only stack, or the only one that has what is needed */
  readonly stackName?: string;
  /**
   * Whether the caller needs a resource of the stack. What is needed must be supported, with everything to which it refers and whatever changes
   * that. Other resources are loaded if they can be, and skipped otherwise. @default - everything is needed
   */
  readonly needs?: Needs;
  /** Changes the template of the stack before it is resolved. */
  readonly transform?: (template: Template) => Template;
}

export interface ResolvedAssembly {
  readonly chosen: ResolvedStack;
  /** The stacks before the chosen one, and the chosen one, in the order in which they are loaded. */
  readonly ordered: readonly StackToLoad[];
}

/** Resolves a stack of a folder that `cdk synth` wrote, and the stacks before it. Throws `TemplateRefused`, and errors of reading files. */
export async function resolveAssembly(
  dir: string,
  { stackName, needs, transform }: AssemblyOptions,
  optionsOf: (stackName: string) => Omit<ResolveOptions, 'stackName' | 'needs'> = () => ({}),
): Promise<ResolvedAssembly> {
  const stacks = await readStacks(dir);
  const picked = pickStack(stacks, stackName, needs && ((stack) => hasNeeded(stack, needs)));
  const chosen = { ...picked, template: transform?.(picked.template) ?? picked.template };
  const all = stacks.map((stack) => (stack === picked ? chosen : stack));
  const ordered = resolveStacks(all, chosen, (stack) => ({
    ...optionsOf(stack.stackName),
    stackName: stack.stackName,
    ...(needs !== undefined && { needs: stack === chosen ? needs : () => false }),
  }));
  const last = ordered.at(-1);
  if (last?.stack !== chosen) throw new TypeError('The chosen stack is loaded last.');
  return { chosen: last.resolved, ordered };
}

const hasNeeded = ({ template }: AssemblyStack, needs: Needs): boolean =>
  Object.entries(template.Resources).some(([logicalId, resource]) => needs(resource, logicalId));
