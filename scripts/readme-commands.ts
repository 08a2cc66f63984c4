import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/**
 * Runs what the README tells people to run: each line of its `sh` blocks that starts with `npm start` or `npx taskbound`, in order, in
 * this checkout. A line may end in `# exit N`; otherwise 0 is expected. Commands that wait for Ctrl-C or need an account are marked
 * `# not run here: why`.
 */
const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].map(
  (match) => match[1] ?? '',
);
const lines = blocks
  .flatMap((block) => block.split('\n'))
  .filter((line) => /^(npm start|npx taskbound)\b/.test(line));
const commands = lines.filter((line) => !line.includes('# not run here:'));

// Its bundle is named by a pattern, which must match the one file of this run.
rmSync('out/case', { recursive: true, force: true });
const failures = commands.filter((line) => {
  const expected = Number(/# exit (\d+)/.exec(line)?.[1] ?? 0);
  const ran = spawnSync(line.replace(/\s+#.*$/, ''), { shell: true, encoding: 'utf8', timeout: 120_000 });
  const right = ran.status === expected;
  process.stdout.write(`${right ? 'ok    ' : 'FAILED'} ${line}\n`);
  if (!right)
    process.stdout.write(`       exit ${ran.status}, expected ${expected}\n${ran.stdout}${ran.stderr}\n`);
  return !right;
});
if (commands.length === 0) throw new Error('README.md has no command to run: the check would prove nothing.');
process.exitCode = failures.length === 0 ? 0 : 1;
