import { spawnSync } from 'node:child_process';
import type { Tarball } from './pack.ts';

/** Files that a user never needs. The app that `taskbound init` writes has tests and settings of its own. */
const NOT_FOR_USERS =
  /(^|\/)(tests?|\.ci|\.github|scripts|simulation|sample)\/|\.test\.|(^|\/)(eslint|vitest|knip|\.dependency-cruiser|\.prettier|tsconfig|package-lock)[^/]*$|(?<!\.d)\.ts$/;
const INIT_TEMPLATE = /^cli\/init\//;

/** What is wrong with the tarballs, one line each. */
export const tarballFaults = (tarballs: readonly Tarball[]): string[] =>
  tarballs.flatMap((tarball) => [...unwantedFiles(tarball), ...lint(tarball)]);

export const unwantedFiles = ({ name, files }: Pick<Tarball, 'name' | 'files'>): string[] =>
  files
    .filter((file) => NOT_FOR_USERS.test(file) && !INIT_TEMPLATE.test(file))
    .map((file) => `${name} contains ${file}, which no user needs.`);

/** The tools that find entries which cannot be imported, and types that do not match them. Only ES modules are published. */
const LINTERS: readonly (readonly string[])[] = [
  ['publint', '--strict'],
  ['attw', '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii'],
];

const lint = ({ path }: Tarball): string[] =>
  LINTERS.flatMap(([command = '', ...args]) => {
    const { status, stdout, stderr } = spawnSync(command, [...args, path], { encoding: 'utf8' });
    return status === 0 ? [] : [`${command} ${path}:\n${stdout}${stderr}`];
  });
