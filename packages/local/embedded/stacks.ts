import type { EmbeddedServices } from './services.ts';
import type { AssemblyOptions, LoadedStack } from './types.ts';
import { readAssembly } from '../template/assembly.ts';
import { loadStack } from '../template/load.ts';
import { type ResolvedResource, resolveTemplate } from '../template/resolve.ts';
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

  /** Loads a stack from a folder that `cdk synth` wrote. Throws `TemplateRefused`. */
  async loadAssembly(dir: string, { stackName, transform }: AssemblyOptions): Promise<LoadedStack> {
    const assembly = await readAssembly(dir, stackName);
    return this.load(transform?.(assembly.template) ?? assembly.template, {
      stackName: assembly.stackName,
      assetDir: (hash) => assembly.assets.get(hash),
    });
  }

  /** Loads a template object. A stack that exists is updated, like a deployment. Throws `TemplateRefused`. */
  async load(
    template: unknown,
    { stackName, assetDir = () => undefined }: TemplateSource,
  ): Promise<LoadedStack> {
    const aws = this.#aws;
    const atMs = aws.clock.nowMs();
    const previous = this.#loaded.get(stackName) ?? new Map<string, ResolvedResource>();
    const { registry: functions } = aws.lambda;
    const stack = resolveTemplate(parseTemplate(template), {
      stackName,
      origin: this.#origin,
      previous,
      lastVersion: (name) => functions.lastVersion(name),
    });
    await loadStack(stack, { ...servicesOf(aws), functions, assetDir, atMs, previous });
    const resources = new Map(stack.resources.map((resource) => [resource.logicalId, resource]));
    this.#loaded.set(stackName, resources);
    aws.cloudformation.stacks.set(stackName, {
      name: stackName,
      id: stack.stackId,
      createdMs: atMs,
      outputs: stack.outputs,
      resources: stack.resources,
      template,
    });
    return {
      stackName,
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
      resources,
    };
  }
}

/** The services that resources are loaded into. */
function servicesOf(aws: EmbeddedServices) {
  const { iam, keys, secrets, dynamodb, states, s3, ssm, events } = aws;
  const { schedules, queues, topics, alarms, logs } = aws;
  return { iam, keys, secrets, dynamodb, states, s3, ssm, events, schedules, queues, topics, alarms, logs };
}
