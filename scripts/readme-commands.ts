import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

/**
 * Runs the commands of the README and the guides in this checkout, in order: each line of their `sh` blocks that starts with `npm start` or
 * `npx taskbound`. The expected exit code is 0, or N if the line ends in `# exit N`. Lines with `# not run here: why` are skipped: these
 * commands wait for Ctrl-C, or need more than this checkout.
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

/** Whether the command exits with the code that its line states. */
function exitsAsExpected(line: string): boolean {
  const expected = Number(/# exit (\d+)/.exec(line)?.[1] ?? 0);
  const ran = spawnSync(line.replace(/\s+#.*$/, ''), { shell: true, encoding: 'utf8', timeout: 120_000 });
  const isExpected = ran.status === expected;
  process.stdout.write(`${isExpected ? 'ok    ' : 'FAILED'} ${line}\n`);
  if (!isExpected)
    process.stdout.write(`       exit ${ran.status}, expected ${expected}\n${ran.stdout}${ran.stderr}\n`);
  return isExpected;
}

// A guide names the bundle in this folder by a pattern. The pattern must match only the file of this run.
rmSync('out/case', { recursive: true, force: true });
let failed = 0;
for (const document of documents) {
  const commands = commandsIn(document);
  if (commands.length > 0) process.stdout.write(`${document}\n`);
  failed += commands.filter((line) => !exitsAsExpected(line)).length;
  if (document === 'README.md' && commands.length === 0)
    throw new Error('README.md has no command to run, so this check would test nothing.');
}
process.exitCode = failed === 0 ? 0 : 1;
