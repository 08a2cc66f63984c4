import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App, Stack, Stage } from 'aws-cdk-lib';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { LocalSubject } from './types.ts';

/** A synthesized app, and the stack that its caller named. */
export interface LocalAssembly {
  readonly directory: string;
  readonly stackName?: string;
}

/** Synthesizes what the caller gave, calls `use` with it, and removes what is temporary. */
export async function withAssembly<Result>(
  subject: LocalSubject,
  use: (assembly: LocalAssembly) => Promise<Result>,
): Promise<Result> {
  if (typeof subject === 'function') return withDeclared(subject, use);
  if (typeof subject === 'string') return use({ directory: subject });
  if (subject instanceof URL) return use({ directory: fileURLToPath(subject) });
  if (isStage(subject)) return use({ directory: subject.synth().directory });
  return use({ directory: stageOf(subject).synth().directory, stackName: subject.stackName });
}

async function withDeclared<Result>(
  declare: (app: App) => unknown,
  use: (assembly: LocalAssembly) => Promise<Result>,
): Promise<Result> {
  const { App } = await import('aws-cdk-lib');
  const outdir = await mkdtemp(join(tmpdir(), 'taskbound-assembly-'));
  try {
    // What a deployment needs besides the template is left out: it takes time.
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      builtinCloudFormationValidation: false,
    });
    const declared = declare(app);
    if (declared instanceof Promise) await declared;
    return await use({ directory: app.synth().directory });
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

/** Not `instanceof`: the app may have a copy of the CDK of its own. */
const isStage = (subject: unknown): subject is Stage =>
  typeof subject === 'object' &&
  subject !== null &&
  'synth' in subject &&
  typeof subject.synth === 'function';

/** The stage or app that contains the stack. */
function stageOf(stack: Stack): Stage {
  // A caller in JavaScript may pass anything.
  const scopes = (stack as Partial<Stack> | undefined)?.node?.scopes ?? [];
  const stage = scopes.toReversed().find(isStage);
  if (stage !== undefined) return stage;
  throw new UsageError(
    `localBoundary got ${String(stack)}, which is in no app. Give a function that declares the stack, an App, a Stack of an App, or the folder of an assembly.`,
  );
}
