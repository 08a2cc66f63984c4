import { readFile, rm } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { main } from '../cli/main.ts';
import { dsseEnvelope, verifyEnvelope } from '../core/dsse.ts';
import { chainFault, evidenceBundle, type EvidenceBundle } from '../core/evidence.ts';
import { SystemClock } from '../local/system-clock.ts';

/** `npm start`: one file through one boundary, on this machine, and then a look at what is left. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'out/start');
const KEYS = { source: 'exports/2026-11-23.csv', destination: 'in/2026-11-23.csv' };

/** The command line, as `npx taskbound` runs it; its standard output is kept when it is JSON. */
async function taskbound(...argv: string[]): Promise<{ code: number; output: string }> {
  console.error(`$ npx taskbound ${argv.join(' ')}`);
  let output = '';
  const code = await main(argv, {
    out: (text) => void (output += text),
    err: (text) => void process.stderr.write(text),
    env: {},
    cwd: ROOT,
    userName: userInfo().username,
    clock: new SystemClock(),
    ask: async () => undefined,
    untilInterrupted: async () => undefined,
  });
  return { code, output };
}

const moved = (bucket: string, key: string): Promise<Buffer> =>
  readFile(join(OUT, 'dump', 's3', bucket, key));

/** The public key that was made for this task, as its evidence has it. */
function receiptKey(bundle: EvidenceBundle): string {
  const issued = bundle.events.find(
    ({ type, data }) => type === 'secret.issued' && data['name'] === 'receiptKey',
  );
  const handle = issued?.data['handle'];
  const key =
    typeof handle === 'object' && handle !== null && !Array.isArray(handle) ? handle['publicKey'] : undefined;
  if (typeof key !== 'string') throw new Error('The evidence has no public key of the secret receiptKey.');
  return key;
}

async function receiptVerifies(bundle: EvidenceBundle): Promise<boolean> {
  const receipt = dsseEnvelope.parse(
    JSON.parse((await moved('destination', `${KEYS.destination}.receipt.json`)).toString('utf8')),
  );
  return verifyEnvelope(receipt, createPublicKey(receiptKey(bundle)));
}

async function check(report: {
  readonly phase: string;
  readonly evidenceFile: string;
}): Promise<[string, boolean][]> {
  const bundle = evidenceBundle.parse(JSON.parse(await readFile(report.evidenceFile, 'utf8')));
  const proof = bundle.events.find(({ type }) => type === 'revocation.proven')?.data['proof'];
  const seed = await readFile(join(ROOT, 'examples/seed/s3/source', KEYS.source));
  return [
    ['the destination object is byte-identical', seed.equals(await moved('destination', KEYS.destination))],
    ["its receipt verifies with the task's own key, which is gone", await receiptVerifies(bundle)],
    ['the boundary is closed', report.phase === 'closed'],
    ["the task's credential was used afterwards, and refused", proof === 'refused'],
    ['the evidence is one unbroken chain', chainFault(bundle.boundaryId, bundle.events) === undefined],
  ];
}

await rm(OUT, { recursive: true, force: true });
const { code, output } = await taskbound(
  ...[
    'run',
    'examples/object-transfer.json',
    '--local',
    '--seed',
    'examples/seed',
    '--dump',
    'out/start/dump',
    '--out',
    'out/start',
    '--json',
  ],
);
const report: { readonly phase: string; readonly evidenceFile: string } = JSON.parse(output);
if (code !== 0) {
  console.log(output);
  process.exit(1);
}
console.log(`\n${(await taskbound('show', report.evidenceFile)).output}`);
const checks = await check(report);
for (const [what, holds] of checks) console.log(`${holds ? 'yes' : 'NO '}  ${what}`);
process.exitCode = checks.every(([, holds]) => holds) ? 0 : 1;
