import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from 'taskbound-evidence/command/errors';
import { makeTemporaryFolder } from '../../cli/temporary-folder.ts';
import type { LoginServer } from '../../lambdas/control/logins/login-server.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const SERVER = 'lambdas/control/logins/pg-login-server.ts';

/** The `LoginServer` of another commit. */
export interface EarlierLogins {
  readonly server: LoginServer;
  discard(): Promise<void>;
}

/** Takes the sources of a commit from git, and imports its `LoginServer` with the packages that are installed now. */
export async function loadEarlierLogins(commit: string): Promise<EarlierLogins> {
  const folder = await makeTemporaryFolder('taskbound-earlier-');
  try {
    const archive = join(folder.path, 'sources.tar');
    const sources = join(folder.path, 'sources');
    await mkdir(sources);
    const run = promisify(execFile);
    await run('git', ['archive', '--output', archive, commit, 'core', 'lambdas', 'package.json'], {
      cwd: REPOSITORY,
    });
    await run('tar', ['-xf', archive, '-C', sources]);
    await symlink(join(REPOSITORY, 'node_modules'), join(sources, 'node_modules'));
    const { pgLoginServer } = (await import(pathToFileURL(join(sources, SERVER)).href)) as {
      pgLoginServer: LoginServer;
    };
    return { server: pgLoginServer, discard: () => folder.remove() };
  } catch (error) {
    await folder.remove();
    const why = error instanceof Error ? error.message.split('\n')[0] : 'unknown';
    throw new UsageError(
      `--against is ${JSON.stringify(commit)}; it must be a commit of this repository with ${SERVER} (${why}).`,
    );
  }
}
