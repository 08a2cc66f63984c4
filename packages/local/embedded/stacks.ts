import type { EmbeddedServices } from './services.ts';
import type { LoadedStack, StackContents } from './types.ts';
import { loadStack } from '../template/load.ts';
import { type AssemblyOptions, resolveAssembly } from '../template/resolve-assembly.ts';
import {
  type ResolvedResource,
  type ResolvedStack,
  type ResolveOptions,
  resolveTemplate,
  type SkippedResource,
} from '../template/resolve.ts';
import { parseTemplate } from '../template/template.ts';

/** Where a template comes from. `assetDir` returns the folder of a code asset, given its hash. */
export interface TemplateSource {
  readonly stackName: string;
  readonly assetDir?: (hash: string) => string | undefined;
}

/** The stacks of an embedded AWS. Resolves templates and loads their resources into the services. */
export class Stacks {
  readonly #aws: EmbeddedServices;
  readonly #origin: string;
  readonly #loaded = new Map<string, ReadonlyMap<string, ResolvedResource>>();

  constructor(aws: EmbeddedServices, origin: string) {
    this.#aws = aws;
    this.#origin = origin;
  }

  /**
   * Loads a stack from a folder that `cdk synth` wrote, after the stacks on which it depends. Throws `TemplateRefused`, before anything is
   * loaded unless a service refuses a resource.
   */
  async loadAssembly(dir: string, options: AssemblyOptions): Promise<LoadedStack> {
    const { ordered } = await resolveAssembly(dir, options, (stackName) => this.#resolveOptions(stackName));
    const skipped: SkippedResource[] = [];
    const loaded: StackContents[] = [];
    for (const { stack, resolved } of ordered) {
      skipped.push(...resolved.skipped);
      const from = { template: stack.template, assetDir: (hash: string) => stack.assets.get(hash) };
      loaded.push(await this.#loadStack(resolved, from, skipped));
    }
    const last = loaded.pop();
    if (last === undefined) throw new TypeError('The chosen stack is among those to load.');
    return { ...last, before: loaded, skipped };
  }

  /** Loads a template object. A stack that exists is updated, like a deployment. Throws `TemplateRefused`. */
  async load(
    template: unknown,
    { stackName, assetDir = () => undefined }: TemplateSource,
  ): Promise<LoadedStack> {
    const options = { stackName, ...this.#resolveOptions(stackName) };
    const resolved = resolveTemplate(parseTemplate(template), options);
    return { ...(await this.#loadStack(resolved, { template, assetDir }, [])), before: [], skipped: [] };
  }

  #resolveOptions(stackName: string): Omit<ResolveOptions, 'stackName' | 'needs'> {
    const { registry: functions } = this.#aws.lambda;
    return {
      origin: this.#origin,
      previous: this.#previous(stackName),
      lastVersion: (name) => functions.lastVersion(name),
    };
  }

  #previous(stackName: string): ReadonlyMap<string, ResolvedResource> {
    return this.#loaded.get(stackName) ?? new Map<string, ResolvedResource>();
  }

  async #loadStack(
    stack: ResolvedStack,
    { template, assetDir }: LoadedFrom,
    skipped: SkippedResource[],
  ): Promise<StackContents> {
    const aws = this.#aws;
    const { stackName } = stack;
    const atMs = aws.clock.nowMs();
    const { registry: functions } = aws.lambda;
    const context = { ...servicesOf(aws), functions, assetDir, atMs, previous: this.#previous(stackName) };
    const loaded = await loadStack(stack, context, skipped);
    const resources = new Map(loaded.map((resource) => [resource.logicalId, resource]));
    this.#loaded.set(stackName, resources);
    aws.cloudformation.stacks.set(stackName, {
      name: stackName,
      id: stack.stackId,
      createdMs: atMs,
      outputs: stack.outputs,
      resources: loaded,
      template,
    });
    return {
      stackName,
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
      resources,
    };
  }
}

/** What a stack is loaded from. */
interface LoadedFrom {
  readonly template: unknown;
  readonly assetDir: (hash: string) => string | undefined;
}

/** The services that resources are loaded into. */
function servicesOf(aws: EmbeddedServices) {
  const { iam, keys, secrets, dynamodb, states, s3, ssm, events } = aws;
  const { schedules, queues, topics, alarms, logs } = aws;
  return { iam, keys, secrets, dynamodb, states, s3, ssm, events, schedules, queues, topics, alarms, logs };
}
