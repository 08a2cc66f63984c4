import { rmSync } from 'node:fs';
import { compile } from './build/compile.ts';
import { COMPILED, publishedPackages, STAGED } from './build/published.ts';
import { stage } from './build/stage.ts';

/** `npm run build`: compiles all packages and writes each into `dist/npm`, as it will be published. The control functions are bundled first. */
const packages = publishedPackages();
process.stdout.write(`Compiling ${packages.map(({ manifest }) => manifest.name).join(', ')} …\n`);
compile(packages);
stage(packages, process.env['TASKBOUND_REPOSITORY'] || undefined);
rmSync(COMPILED, { recursive: true, force: true });
process.stdout.write(`${packages.length} packages are in ${STAGED}.\n`);
