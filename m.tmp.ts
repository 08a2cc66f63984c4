import { synthesize } from './lib/synthesize.ts';
import { readAssembly } from './local/template/assembly.ts';
import { runSchedule } from './test/faults/run-schedule.ts';
import { findSites, singleFaults } from './test/faults/single-faults.ts';
console.info = console.warn = console.error = () => {};
const { directory } = synthesize({ outdir: '/tmp/asm' });
const assembly = await readAssembly(directory);
const sites = await findSites(assembly);
const all = singleFaults(sites);
const only = process.argv[2] ? new RegExp(process.argv[2]) : /./;
const every = Number(process.argv[3] ?? 1);
console.log(sites.plain.length, sites.stopped.length, all.length);
const t0 = performance.now(); let n = 0; let worst: [number,string][] = [];
for (const [i, s] of all.entries()) {
  if (!only.test(s.name) || i % every) continue;
  const t = performance.now();
  try {
  const o = await runSchedule(assembly, s); n++;
  worst.push([performance.now() - t, s.name]);
  if (o.violations.length) console.log(s.name, '\n   ', [...new Set(o.violations.map((v) => `${v.invariant}: ${v.message}`))].slice(0,4).join('\n    '));
  if (process.argv[4]) console.log(o.trace.join('\n'));
  } catch (e) { console.log(s.name, 'THREW', e); }
}
worst.sort((a, b) => b[0] - a[0]);
console.log(n, 'in', performance.now() - t0, worst.slice(0, 8));
