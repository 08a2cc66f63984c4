import { spawn } from 'node:child_process';
import { BaseCredentials, Toolkit, ToolkitError, type IIoHost } from '@aws-cdk/toolkit-lib';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';
import { readCdkJson } from './cdk-json.ts';
import { OutputTail } from './output-tail.ts';

/**
 * Synthesizes the app of `cdk.json` in the working directory into a folder, with AWS's own toolkit library: `build` and `app` run as with
 * the `cdk` command, with the context of `cdk.json`, `cdk.context.json` and `~/.cdk.json`. Unlike it:
 *
 * 1. AWS is not called. The default account and region come only from the environment, and a look-up that `cdk.context.json` does not have
 *    is an error.
 * 2. CloudFormation's validator does not run (`CDK_VALIDATION=false`): it takes seconds, and `cdk synth` and `cdk deploy` run it.
 *
 * Throws `UsageError` for every fault of the app. Load this module only when an app is synthesized, because loading the library takes about half a second.
 */
export async function synthesizeApp({ cwd, env }: Pick<Io, 'cwd' | 'env'>, directory: string): Promise<void> {
  const { app, build } = await readCdkJson(cwd);
  const tail = new OutputTail();
  if (build !== undefined) await runBuild(build, { cwd, env, tail });
  const toolkit = new Toolkit({
    ioHost: hostOf(tail),
    color: false,
    emojis: false,
    sdkConfig: { baseCredentials: BaseCredentials.none() },
  });
  try {
    const source = await toolkit.fromCdkApp(app, {
      workingDirectory: cwd,
      env: { ...env },
      outdir: directory,
      lookups: false,
      resolveDefaultEnvironment: false,
      synthOptions: { validation: false },
    });
    const assembly = await toolkit.synth(source);
    await assembly.dispose();
  } catch (error) {
    throw explained(app, error, tail);
  }
}

/** Keeps the lines that the app prints, and the errors of its constructs. */
const hostOf = (tail: OutputTail): IIoHost => ({
  notify: async ({ code, level, message }) => {
    const isAppOutput = code === 'CDK_ASSEMBLY_I1001' || code === 'CDK_ASSEMBLY_E1002';
    if (isAppOutput || level === 'error') tail.add(message);
  },
  requestResponse: async ({ defaultResponse }) => defaultResponse,
});

interface BuildOptions extends Pick<Io, 'cwd' | 'env'> {
  readonly tail: OutputTail;
}

/** Runs `build` of `cdk.json` in a shell, as the `cdk` command does. */
async function runBuild(build: string, { cwd, env, tail }: BuildOptions): Promise<void> {
  const code = await new Promise<number | string>((resolve, reject) => {
    const child = spawn(build, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => tail.add(text));
    child.on('error', reject).on('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'no code'));
  });
  if (code === 0) return;
  throw new UsageError(
    `The app of cdk.json was not built: "build" (${build}) ended with ${code}.${tail.text()}\nCorrect the app, and run the command again.`,
  );
}

function explained(app: string, error: unknown, tail: OutputTail): UsageError {
  if (ToolkitError.isContextLookupsDisabledError(error)) {
    const keys = /Missing context keys: '(.*)'/s.exec(error.message)?.[1] ?? 'unknown';
    return new UsageError(
      `The app of cdk.json looks up values in AWS that cdk.context.json does not have: ${keys}. Taskbound does not look them up. Run npx cdk synth once with AWS credentials, and commit cdk.context.json.`,
    );
  }
  const why = /ENOENT.*manifest\.json/.test(messageOf(error))
    ? 'it ended without an assembly, which app.synth() writes'
    : messageOf(error).replace(`${app}: Subprocess `, 'it ');
  const next = /account\/region are not specified/.test(tail.text())
    ? 'Set env of the stack, or CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION: Taskbound does not ask AWS for them.'
    : 'Correct the app. npx cdk synth shows the whole error.';
  return new UsageError(
    `The app of cdk.json could not be synthesized: ${app}: ${why}.${tail.text()}\n${next}`,
  );
}
