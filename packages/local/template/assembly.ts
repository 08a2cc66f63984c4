import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TemplateRefused } from './refusal.ts';
import { type Template, parseTemplate } from './template.ts';

/** A stack of a synthesized CDK app: https://docs.aws.amazon.com/cdk/v2/guide/configure-synth.html */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The folder of each file asset, by its hash. */
  readonly assets: ReadonlyMap<string, string>;
}

const artifact = z.looseObject({
  type: z.string(),
  displayName: z.string().optional(),
  properties: z
    .looseObject({
      templateFile: z.string().optional(),
      stackName: z.string().optional(),
      file: z.string().optional(),
    })
    .default({}),
  dependencies: z.array(z.string()).default([]),
});
const manifestSchema = z.looseObject({ artifacts: z.record(z.string(), artifact) });
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
  const parsed = schema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new TemplateRefused(
    `${path} is not a file of a cloud assembly: ${parsed.error.issues[0]?.message ?? ''}. Run \`npx cdk synth\` again.`,
  );
}

type NamedArtifact = readonly [id: string, artifact: Artifact];

function pickStack(artifacts: readonly NamedArtifact[], stackName: string | undefined): NamedArtifact {
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const names = stacks.map(([id, { properties }]) => properties.stackName ?? id);
  const found = stackName === undefined ? stacks : stacks.filter((_, index) => names[index] === stackName);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const wanted = stackName === undefined ? 'name one of them' : `no stack is named ${stackName}`;
  throw new TemplateRefused(`The assembly has the stacks ${names.join(', ') || '(none)'}; ${wanted}.`);
}

async function readAssets(dir: string, manifests: readonly Artifact[]): Promise<Map<string, string>> {
  const assets = new Map<string, string>();
  for (const { properties } of manifests) {
    if (properties.file === undefined) continue;
    const { files } = await readJson(assetsSchema, join(dir, properties.file));
    for (const [hash, { source }] of Object.entries(files))
      if (source.path !== undefined) assets.set(hash, join(dir, source.path));
  }
  return assets;
}

/** Reads a folder that `cdk synth` wrote. Throws `TemplateRefused`, and errors of reading files. */
export async function readAssembly(dir: string, stackName?: string): Promise<Assembly> {
  const { artifacts } = await readJson(manifestSchema, join(dir, 'manifest.json'));
  const all = Object.entries(artifacts);
  const [id, stack] = pickStack(all, stackName);
  const templateFile = stack.properties.templateFile ?? `${id}.template.json`;
  const template = parseTemplate(JSON.parse(await readFile(join(dir, templateFile), 'utf8')));
  const manifests = all.filter(([, { type }]) => type === 'cdk:asset-manifest').map(([, found]) => found);
  return { stackName: stack.properties.stackName ?? id, template, assets: await readAssets(dir, manifests) };
}
