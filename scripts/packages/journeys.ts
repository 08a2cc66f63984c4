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

/** Installs Taskbound into an empty folder, makes an app with `taskbound init`, and does with it what its README says. */
export function initJourney(tarballs: readonly Tarball[], versions: Versions): void {
  const empty = new Consumer(tarballs);
  try {
    empty.install(packagesFor(versions));
    empty.run('taskbound', ['init', 'app']);
    const app = new Consumer(tarballs, join(empty.folder, 'app'));
    app.install(packagesFor(versions));
    app.run('npm', ['test']);
    app.run('npm', ['exec', 'tsc']);
    runAndReview(app);
  } finally {
    empty.remove();
  }
}

const OWN_APP = fileURLToPath(new URL('own-app', import.meta.url));

/** An app with two stacks, a VPC and a task type of its own. */
export function ownAppJourney(tarballs: readonly Tarball[], versions: Versions): void {
  const app = new Consumer(tarballs);
  try {
    cpSync(OWN_APP, app.folder, { recursive: true });
    app.install(packagesFor(versions));
    runAndReview(app);
    for (const stack of ['ShopTasks', 'ShopData'])
      app.run('taskbound', ['plan', 'request.json', '--stack', stack], stack === 'ShopTasks' ? 0 : 2);
  } finally {
    app.remove();
  }
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

/** Compiles a program that imports every entry of `taskbound`, with the types of libraries checked as well. */
export function typesJourney(
  tarballs: readonly Tarball[],
  entries: readonly string[],
  versions: Versions,
): void {
  const program = new Consumer(tarballs);
  try {
    const packages = packagesFor(versions);
    program.install({ ...packages, devDependencies: { ...packages.devDependencies, ...COMPILER } });
    mkdirSync(join(program.folder, 'src'));
    const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';`);
    writeFileSync(join(program.folder, 'src/index.ts'), lines.join('\n'));
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--noEmit',
      '--skipLibCheck',
      'false',
    ];
    program.run('tsc', [...options, '--types', 'node', 'src/index.ts']);
  } finally {
    program.remove();
  }
}

const COMPILER = { typescript: '~6.0', '@types/node': '^24' };
