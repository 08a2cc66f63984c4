import { ownPackage } from 'taskbound-evidence/command/own-package';

/** The packages that the files of the app import. */
const DEPENDENCIES = [
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-s3',
  '@aws-sdk/lib-dynamodb',
  'aws-cdk-lib',
  'constructs',
  'taskbound',
];
/** The packages that its commands and its tests use. */
const DEV_DEPENDENCIES = ['@types/node', 'aws-cdk', 'aws-sdk-client-mock', 'typescript', 'vitest'];

export const appPackages = (): readonly string[] => [...DEPENDENCIES, ...DEV_DEPENDENCIES];

/**
 * The app's `package.json`. It asks for the versions with which this version of Taskbound was tested.
 */
export const appPackage = (name: string) => ({
  name,
  version: '0.1.0',
  private: true,
  type: 'module',
  // The first version that runs TypeScript files without an option: https://nodejs.org/api/typescript.html
  engines: { node: '>=22.18' },
  scripts: { test: 'vitest run', types: 'tsc' },
  dependencies: rangesOf(DEPENDENCIES),
  devDependencies: rangesOf(DEV_DEPENDENCIES),
});

function rangesOf(names: readonly string[]): Record<string, string> {
  const { version, dependencies, devDependencies, peerDependencies } = ownPackage(import.meta.url);
  // A peer range contains every version that works; the version that was tested is among the development dependencies.
  const ranges = { ...peerDependencies, ...dependencies, ...devDependencies, taskbound: `^${version}` };
  return Object.fromEntries(
    names.map((name) => {
      const range = (ranges as Readonly<Record<string, string>>)[name];
      if (range === undefined) throw new Error(`Taskbound's package.json has no version of ${name}.`);
      return [name, range];
    }),
  );
}
