import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_FUNCTIONS, manifestFile, manifestOf } from '../lib/functions/built-functions.ts';
import { buildInto } from '../lib/functions/bundles.ts';
import { CONTROL_STEMS, controlEntry } from '../lib/functions/control-stems.ts';

/**
 * `npm run build:functions`: bundles all control functions into `dist/functions`. Runs after each installation, so that a synth need not
 * bundle them. The manifest is written last: bundles without one are not used.
 */
rmSync(BUILT_FUNCTIONS, { recursive: true, force: true });
mkdirSync(BUILT_FUNCTIONS, { recursive: true });
const folders = new Map(CONTROL_STEMS.map((stem) => [controlEntry(stem), join(BUILT_FUNCTIONS, stem)]));
const sources = buildInto(folders, BUILT_FUNCTIONS);
writeFileSync(manifestFile(BUILT_FUNCTIONS), `${JSON.stringify(manifestOf(sources), null, 2)}\n`);
process.stdout.write(`${folders.size} control functions are bundled in dist/functions.\n`);
