#!/usr/bin/env node
import { nodeFault } from '../command/node-version.ts';

// The rest is imported afterwards: an older Node.js may not be able to read it.
const fault = nodeFault(process.versions.node);
if (fault === undefined) await import('./start.ts');
else {
  process.stderr.write(`taskbound-evidence: ${fault}\n`);
  process.exitCode = 2;
}
