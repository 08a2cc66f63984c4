import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { atHome } from './environment.ts';
import { StackNotChosen, TemplateRefused } from './refusal.ts';
import { type Template, parseTemplate } from './template.ts';

/** A stack of a synthesized CDK app: https://docs.aws.amazon.com/cdk/v2/guide/configure-synth.html */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The folder of each file asset, by its hash. */
  readonly assets: ReadonlyMap<string, string>;
}

/** A stack among those of its app. */
export interface AssemblyStack extends Assembly {
  /** Unique in the app: the folder of its manifest and its id there. */
  readonly key: string;
  /** The artifact's id in its manifest. */
  readonly id: string;
  /** Such as `Production/Data (Production-Data)` for a stack in a stage. */
  readonly displayName: string;
  /** The keys of the stacks that are deployed before it. */
  readonly dependencies: readonly string[];
}

const artifact = z.looseObject({
  type: z.string(),
  environment: z.string().optional(),
  displayName: z.string().optional(),
  properties: z
    .looseObject({
      templateFile: z.string().optional(),
      stackName: z.string().optional(),
      file: z.string().optional(),
      directoryName: z.string().optional(),
      displayName: z.string().optional(),
    })
    .default({}),
  dependencies: z.array(z.string()).default([]),
});
const manifestSchema = z.looseObject({ artifacts: z.record(z.string(), artifact).default({}) });
const assetsSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional() }),
      }),
    )
    .default({}),
});

type Artifact = z.infer<typeof artifact>;

async function readJson<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  const parsed = schema.safeParse(parseJson(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new TemplateRefused(
    `${path} is not a file of a cloud assembly: ${parsed.error.issues[0]?.message ?? ''}. Run \`npx cdk synth\` again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readAssets(dir: string, manifests: readonly Artifact[]): Promise<Map<string, string>> {
  const assets = new Map<string, string>();
  for (const { properties } of manifests) {
    if (properties.file === undefined) continue;
    const path = join(dir, properties.file);
    const { files } = await readJson(assetsSchema, path);
    for (const [hash, { source }] of Object.entries(files))
      if (source.path !== undefined) assets.set(hash, join(dirname(path), source.path));
  }
  return assets;
}

/** Every stack of a folder that `cdk synth` wrote, also those of its stages. Throws `TemplateRefused`, and errors of reading files. */
export async function readStacks(dir: string): Promise<readonly AssemblyStack[]> {
  const { artifacts } = await readJson(manifestSchema, join(dir, 'manifest.json'));
  const all = Object.entries(artifacts);
  const manifests = all.filter(([, { type }]) => type === 'cdk:asset-manifest').map(([, found]) => found);
  const assets = await readAssets(dir, manifests);
  const isStack = (id: string): boolean => artifacts[id]?.type === 'aws:cloudformation:stack';
  const stacks: AssemblyStack[] = [];
  for (const [id, { type, properties, displayName, dependencies, environment }] of all) {
    if (type === 'cdk:cloud-assembly' && properties.directoryName !== undefined)
      stacks.push(...(await readStacks(join(dir, properties.directoryName))));
    if (!isStack(id)) continue;
    const file = join(dir, properties.templateFile ?? `${id}.template.json`);
    const text = atHome(await readFile(file, 'utf8'), environment);
    stacks.push({
      key: join(dir, id),
      id,
      stackName: properties.stackName ?? id,
      displayName: displayName ?? id,
      template: parseTemplate(JSON.parse(text)),
      assets,
      dependencies: dependencies.filter(isStack).map((other) => join(dir, other)),
    });
  }
  return stacks;
}

/**
 * The stack of the given name, id or display name. Without one: the only stack, or the only one that is `preferred`. Throws
 * `StackNotChosen` if that is not exactly one.
 */
export function pickStack(
  stacks: readonly AssemblyStack[],
  name: string | undefined,
  preferred: (stack: AssemblyStack) => boolean = () => false,
): AssemblyStack {
  const found = stacks.filter((stack) => name === undefined || namesOf(stack).includes(name));
  const likely = name === undefined && found.length > 1 ? found.filter(preferred) : found;
  const [only] = likely;
  if (only !== undefined && likely.length === 1) return only;
  const wanted =
    name === undefined
      ? 'name one of them'
      : found.length === 0
        ? `no stack is named ${name}`
        : `${found.length} of them are named ${name}`;
  const names = stacks.map(({ displayName }) => displayName);
  throw new StackNotChosen(`The assembly has the stacks ${names.join(', ') || '(none)'}; ${wanted}.`);
}

/** `Production/Data (Production-Data)` is also named `Production/Data`. */
const namesOf = ({ id, stackName, displayName }: AssemblyStack): readonly string[] => [
  id,
  stackName,
  displayName,
  displayName.replace(/ \(.*\)$/, ''),
];

/** Reads one stack of a folder that `cdk synth` wrote. Throws `TemplateRefused`, and errors of reading files. */
export const readAssembly = async (dir: string, stackName?: string): Promise<AssemblyStack> =>
  pickStack(await readStacks(dir), stackName);
