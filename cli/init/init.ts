import { resolve } from 'node:path';
import { UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { printJson } from 'taskbound-evidence/command/print';
import { visible } from 'taskbound-evidence/display/visible';
import type { Io } from '../io.ts';
import { shellWord } from '../shell-word.ts';
import { appFiles } from './app-files.ts';
import { appNameOf } from './app-name.ts';
import { assertNewFolder, writeApp } from './write-app.ts';

export interface InitOptions {
  readonly name?: string;
  readonly json?: boolean;
}

/** What can be done with a new app, in this order. */
const FIRST_COMMANDS = [
  'npm install',
  'npm test',
  'npx taskbound plan request.json',
  'npx taskbound run request.json --local --seed seed --out out',
];

/** Writes a small CDK app into a new or empty folder: all of it, or nothing. */
export async function init(dir: string, options: InitOptions, io: Io): Promise<number> {
  if (dir === '') throw new UsageError('The folder is "". Name a folder, such as my-app.');
  const directory = resolve(io.cwd, dir);
  const name = appNameOf(directory, options.name);
  await assertNewFolder(directory, dir);
  io.err(`Writing the app ${name} to ${visible(dir)}\n`);
  const files = await appFiles(name);
  await writeApp(directory, dir, files);
  const nextSteps = [...(directory === io.cwd ? [] : [`cd ${shellWord(dir)}`]), ...FIRST_COMMANDS];
  const made = { name, directory, files: [...files.keys()], nextSteps };
  if (options.json === true) printJson(io, made);
  else io.out(renderInit(made));
  return EXIT.done;
}

interface Made {
  readonly files: readonly string[];
  readonly nextSteps: readonly string[];
}

const lines = (each: readonly string[]): string => each.map((line) => `  ${line}\n`).join('');

const renderInit = ({ files, nextSteps }: Made): string =>
  `Written:\n${lines(files)}\nNext steps:\n${lines(nextSteps)}README.md explains them, and what comes after them.\n`;
