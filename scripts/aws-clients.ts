import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './kills/served.ts';
import { synthesize } from '../sample/synthesize.ts';

/**
 * `node scripts/aws-clients.ts`: starts `taskbound local` with the sample, and calls it with AWS's own CLI and with boto3: as a person would who
 * looks around, and to submit a task, signed. Both are installed in a virtual environment, in the versions of aws-clients/requirements.txt. The
 * last line is `N of N answered`. Exits with 1 if a call was not answered, and with 2 without Python.
 */
const HERE = fileURLToPath(new URL('aws-clients', import.meta.url));

/** Runs a program with its output shown. Returns its exit code; 127 when it does not exist. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  return error === undefined ? (status ?? 1) : 127;
}

/** Creates a virtual environment with AWS's clients. Returns its Python, or undefined when that is not possible. */
function install(folder: string): string | undefined {
  if (run('python3', ['-m', 'venv', folder]) !== 0) return undefined;
  const python = join(folder, 'bin/python3');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  return run(python, [...pip, '-r', join(HERE, 'requirements.txt')]) === 0 ? python : undefined;
}

async function callClients(folder: string): Promise<number> {
  const python = install(join(folder, 'venv'));
  if (python === undefined) {
    process.stderr.write(
      "AWS's CLI and boto3 cannot be installed: python3 with the module venv, and the package registry, are needed. Install python3 (Debian: apt-get install python3-venv) and run this again.\n",
    );
    return 2;
  }
  const assembly = join(folder, 'cdk.out');
  synthesize({ outdir: assembly });
  const served = serve(['--assembly', assembly, '--seed', 'sample/seed', '--policy-delay', '1']);
  try {
    // No profile of this machine is used.
    const { AWS_PROFILE: _profile, ...rest } = process.env;
    const none = join(folder, 'none');
    const config = { AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none, AWS_PAGER: '' };
    return run(python, [join(HERE, 'clients.py')], { ...rest, ...config, ...(await served.environment) });
  } finally {
    await served.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'taskbound-clients-'));
try {
  process.exitCode = await callClients(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
