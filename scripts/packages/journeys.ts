import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Consumer } from './consumer.ts';
import type { Tarball } from './pack.ts';

/** The versions that a user's app installs beside Taskbound. */
export interface Versions {
  /** Of Node.js: `22`. */
  readonly node: string;
  readonly cdk: string;
  readonly constructs: string;
}

/** An app with two stacks, a VPC and a task type of its own. */
const OWN_APP = fileURLToPath(new URL('own-app', import.meta.url));

/**
 * Installs Taskbound into an app that exists, and works with it: plans, runs, reviews. Compiles a program that imports every entry of the package,
 * with the types of libraries checked as well. Then makes another app with `taskbound init`, and does with it what its README says.
 */
export function journey(tarballs: readonly Tarball[], entries: readonly string[], versions: Versions): void {
  const app = new Consumer(tarballs);
  try {
    cpSync(OWN_APP, app.folder, { recursive: true });
    const packages = packagesFor(versions);
    app.install({ ...packages, devDependencies: { ...packages.devDependencies, ...COMPILER } });
    runAndReview(app);
    pickStacks(app);
    compileAgainst(app, entries);
    app.run('taskbound', ['init', 'app']);
    initJourney(new Consumer(tarballs, join(app.folder, 'app')), versions);
  } finally {
    app.remove();
  }
}

/** The stack with the task type is found without a name; another one has no task type. */
function pickStacks(app: Consumer): void {
  app.run('taskbound', ['plan', 'request.json', '--local', '--stack', 'ShopTasks']);
  app.run('taskbound', ['plan', 'request.json', '--local', '--stack', 'ShopData'], 2);
}

function compileAgainst(app: Consumer, entries: readonly string[]): void {
  mkdirSync(join(app.folder, 'types'));
  const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';`);
  writeFileSync(join(app.folder, 'types/index.ts'), lines.join('\n'));
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2024', '--noEmit', '--types', 'node'];
  app.run('tsc', [...options, '--skipLibCheck', 'false', 'types/index.ts']);
}

/** The versions of everything else are those of the generated package.json. */
function initJourney(app: Consumer, { node }: Versions): void {
  app.install({ devDependencies: { node } });
  app.run('npm', ['test']);
  app.run('tsc', []);
  runAndReview(app);
}

/** Plans and runs the app's request, and reviews the evidence as an auditor would. */
function runAndReview(app: Consumer): void {
  const taskbound = (...args: string[]) => app.run('taskbound', args);
  taskbound('plan', 'request.json');
  const local = ['--local', '--seed', 'seed', '--out', 'out', '--trail', 'trail', '--json'];
  const { phase, outcome } = JSON.parse(taskbound('run', 'request.json', ...local)) as Record<string, string>;
  if (phase !== 'closed' || outcome !== 'succeeded')
    throw new Error(`The task ended as ${outcome}, and its boundary is ${phase}, not closed.`);
  const { bundle, key } = evidenceIn(join(app.folder, 'out'));
  taskbound('verify', bundle, '--key', key);
  taskbound('audit', bundle, '--key', key, '--trail', 'trail');
  taskbound('report', bundle, '--key', key);
  app.run('taskbound-evidence', ['verify', bundle, '--key', key]);
}

function evidenceIn(folder: string): { readonly bundle: string; readonly key: string } {
  const named = (ending: string) =>
    join('out', readdirSync(folder).find((name) => name.endsWith(ending)) ?? '');
  return { bundle: named('.evidence.json'), key: named('.pub.pem') };
}

const packagesFor = ({ node, cdk, constructs }: Versions) => ({
  dependencies: { taskbound: '', 'aws-cdk-lib': cdk, constructs },
  devDependencies: { node },
});

/** The most that `taskbound-evidence` may take with everything it needs. */
const EVIDENCE_LIMIT_MB = 20;

/** Installs `taskbound-evidence` alone, verifies a bundle with it, and returns its installed size in MB (10^6 bytes) and its number of files. */
export function evidenceJourney(
  tarballs: readonly Tarball[],
  fixture: string,
): { readonly megabytes: number; readonly files: number } {
  const auditor = new Consumer(tarballs);
  try {
    auditor.install({ dependencies: { 'taskbound-evidence': '' } });
    const bundle = readdirSync(fixture).find((name) => name.endsWith('.evidence.json')) ?? '';
    const key = ['--key', join(fixture, 'taskbound.pub.pem')];
    auditor.run('taskbound-evidence', ['verify', join(fixture, bundle), ...key]);
    const all = readdirSync(join(auditor.folder, 'node_modules'), { recursive: true, withFileTypes: true });
    const files = all.filter((entry) => entry.isFile());
    const bytes = files.reduce(
      (sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length,
      0,
    );
    const megabytes = bytes / 1e6;
    if (megabytes > EVIDENCE_LIMIT_MB)
      throw new Error(`taskbound-evidence takes ${megabytes.toFixed(1)} MB, more than ${EVIDENCE_LIMIT_MB}.`);
    return { megabytes, files: files.length };
  } finally {
    auditor.remove();
  }
}

const COMPILER = { typescript: '~6.0', '@types/node': '^24' };
