import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { UsageError } from 'taskbound-evidence/command/errors';

/** https://docs.aws.amazon.com/cdk/v2/guide/cli-config.html */
const cdkJson = z.looseObject({ app: z.string().min(1).optional(), build: z.string().min(1).optional() });

/** The commands of a CDK app, as the `cdk` command would run them. */
export interface AppCommands {
  /** Synthesizes the app. */
  readonly app: string;
  /** Runs before `app`. */
  readonly build?: string;
}

const ALLOWED =
  'Allowed: a cdk.json with "app" in this folder, such as { "app": "node app.js" }, or --assembly DIR with a folder that cdk synth wrote. Change to the folder of your CDK app, or create one with: npx taskbound init DIR';

/** Reads `cdk.json` in the given folder. Throws `UsageError` if it does not name an app. */
export async function readCdkJson(folder: string): Promise<AppCommands> {
  const path = join(folder, 'cdk.json');
  const { app, build } = parse(path, await readText(path, folder));
  if (app === undefined) throw new UsageError(`${path} has no "app". ${ALLOWED}`);
  if (await isFolder(resolve(folder, app))) {
    throw new UsageError(
      `"app" in ${path} is ${JSON.stringify(app)}, which is a folder and not a command. Use its assembly with --assembly ${app}.`,
    );
  }
  return { app, ...(build !== undefined && { build }) };
}

async function readText(path: string, folder: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new UsageError(`There is no CDK app in ${folder}: it has no cdk.json. ${ALLOWED}`);
    throw new UsageError(`${path} cannot be read: ${String(error)}. ${ALLOWED}`);
  }
}

function parse(path: string, text: string): z.infer<typeof cdkJson> {
  try {
    return cdkJson.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? `${error.issues[0]?.path.join('.') || 'its content'}: ${error.issues[0]?.message ?? ''}`
        : 'it is not JSON';
    throw new UsageError(`${path} cannot be used: ${why}. ${ALLOWED}`);
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;
