import type { EmbeddedParts } from './embedded-parts.ts';
import type { AssemblyOptions, LoadedStack } from './embedded-types.ts';
import { readAssembly } from './template/assembly.ts';
import { loadStack } from './template/load.ts';
import { type ResolvedResource, resolveTemplate } from './template/resolve.ts';
import { parseTemplate } from './template/template.ts';

/** Where a template comes from. `assetDir` tells the folder of a code asset by its hash. */
export interface TemplateSource {
  readonly stackName: string;
  readonly assetDir?: (hash: string) => string | undefined;
}

/** The stacks of an embedded AWS: templates are resolved and put into its services. */
export class Stacks {
  readonly #aws: EmbeddedParts;
  readonly #origin: string;
  readonly #loaded = new Map<string, ReadonlyMap<string, ResolvedResource>>();

  constructor(aws: EmbeddedParts, origin: string) {
    this.#aws = aws;
    this.#origin = origin;
  }

  /** Loads a stack of a folder that `cdk synth` wrote. Throws `TemplateRefused`. */
  async loadAssembly(dir: string, { stackName, transform }: AssemblyOptions): Promise<LoadedStack> {
    const assembly = await readAssembly(dir, stackName);
    return this.load(transform?.(assembly.template) ?? assembly.template, {
      stackName: assembly.stackName,
      assetDir: (hash) => assembly.assets.get(hash),
    });
  }

  /** Loads a template object; a stack that is there already is updated by it, as by a deploy. Throws `TemplateRefused`. */
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
    });
    return {
      stackName,
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
      resources,
    };
  }
}

/** What resources are put into. */
function servicesOf(aws: EmbeddedParts) {
  const { iam, keys, secrets, dynamodb, states, s3, ssm, events, schedules, queues, topics, alarms } = aws;
  return { iam, keys, secrets, dynamodb, states, s3, ssm, events, schedules, queues, topics, alarms };
}
