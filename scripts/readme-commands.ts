import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

/**
 * Runs what the README and the guides tell people to run: each line of their `sh` blocks that starts with `npm start` or `npx taskbound`, in
 * order, in this checkout. A line may end in `# exit N`; otherwise 0 is expected. A command that waits for Ctrl-C or needs something else than
 * this checkout is marked `# not run here: why`.
 */
const GUIDES = 'docs/guides';
const documents = [
  'README.md',
  ...readdirSync(GUIDES)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${GUIDES}/${name}`),
];

function commandsIn(document: string): string[] {
  const blocks = readFileSync(document, 'utf8').matchAll(/^```sh\n(.*?)^```/gms);
  return [...blocks]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter((line) => /^(npm start|npx taskbound)\b/.test(line) && !line.includes('# not run here:'));
}

/** Whether the command exits as its line claims. */
function exitsAsClaimed(line: string): boolean {
  const expected = Number(/# exit (\d+)/.exec(line)?.[1] ?? 0);
  const ran = spawnSync(line.replace(/\s+#.*$/, ''), { shell: true, encoding: 'utf8', timeout: 120_000 });
  const right = ran.status === expected;
  process.stdout.write(`${right ? 'ok    ' : 'FAILED'} ${line}\n`);
  if (!right)
    process.stdout.write(`       exit ${ran.status}, expected ${expected}\n${ran.stdout}${ran.stderr}\n`);
  return right;
}

// Its bundle is named by a pattern, which must match the one file of this run.
rmSync('out/case', { recursive: true, force: true });
let failed = 0;
for (const document of documents) {
  const commands = commandsIn(document);
  if (commands.length > 0) process.stdout.write(`${document}\n`);
  failed += commands.filter((line) => !exitsAsClaimed(line)).length;
  if (document === 'README.md' && commands.length === 0)
    throw new Error('README.md has no command to run: the check would prove nothing.');
}
process.exitCode = failed === 0 ? 0 : 1;
