import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_FUNCTIONS, isCurrent } from '../lib/functions/built-functions.ts';
import { compile } from './build/compile.ts';
import { COMPILED, publishedPackages, ROOT, STAGED } from './build/published.ts';
import { stage } from './build/stage.ts';

/**
 * `npm run build`: compiles all packages and writes each into `dist/npm`, as it will be published. The control functions are bundled first, unless
 * their bundles are current: a package has no sources that a synth could compare its bundles with.
 */
if (!isCurrent(BUILT_FUNCTIONS))
  execFileSync('node', [join(ROOT, 'scripts/build-functions.ts')], { stdio: 'inherit' });
const packages = publishedPackages();
process.stdout.write(`Compiling ${packages.map(({ manifest }) => manifest.name).join(', ')} …\n`);
compile(packages);
stage(packages, process.env['TASKBOUND_REPOSITORY'] || undefined);
rmSync(COMPILED, { recursive: true, force: true });
process.stdout.write(`${packages.length} packages are in ${STAGED}.\n`);
