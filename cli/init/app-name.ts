import { basename } from 'node:path';
import { UsageError } from 'taskbound-evidence/command/errors';
import { appPackages } from './app-package.ts';

/** https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const NAME_CHARACTERS = 214;
const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const ALLOWED = `1 to ${NAME_CHARACTERS} of a-z 0-9 . _ -, the first a letter or a digit`;

/** The name of the app's package. Throws `UsageError` for a name that npm does not accept. */
export function appNameOf(directory: string, given: string | undefined): string {
  const name = given ?? basename(directory);
  const fault = faultOf(name);
  if (fault === undefined) return name;
  throw new UsageError(
    `The package name is ${JSON.stringify(name)}, from ${given === undefined ? 'the folder' : '--name'}; ${fault}. Give another name, such as --name ${better(name)} . Nothing was written.`,
  );
}

/** npm installs no package into a package of the same name. */
function faultOf(name: string): string | undefined {
  if (!NAME.test(name) || name.length > NAME_CHARACTERS) return `allowed: ${ALLOWED}`;
  if (name === 'node_modules') return 'npm reserves this name';
  return appPackages().includes(name) ? 'the app needs a package of this name' : undefined;
}

/** A name that is accepted, as near as possible to the given one. */
function better(name: string): string {
  const near = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .replace(/-+$/, '')
    .slice(0, NAME_CHARACTERS);
  return faultOf(near) === undefined ? near : 'my-app';
}
