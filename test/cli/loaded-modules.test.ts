import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = 'test/fixtures/bundle-v0.1';
const BUNDLE = `${FOLDER}/${readdirSync(`${PROJECT}/${FOLDER}`).find((name) => name.endsWith('.evidence.json'))}`;
const KEY = ['--key', `${FOLDER}/taskbound.pub.pem`];
const AWS_OR_CDK = /\/node_modules\/(@aws-cdk|@aws-sdk|@smithy|aws-cdk-lib|constructs)\//;

/** Every module that a command loads. */
function modulesOf(...argv: string[]): readonly string[] {
  const args = ['--import', './test/fixtures/report-modules.mjs', 'bin/taskbound.ts', ...argv];
  const { stderr, status } = spawnSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' });
  expect(status).toBe(0);
  return stderr.split('\n').flatMap((line) => /^loaded (.*)$/.exec(line)?.[1] ?? []);
}

describe('commands that read evidence', () => {
  it.each([
    ['verify', ['verify', BUNDLE, ...KEY]],
    [
      'audit of a folder',
      [
        'audit',
        BUNDLE,
        ...KEY,
        '--trail',
        `${FOLDER}/trail`,
        '--trail-keys',
        `${FOLDER}/trail/public-keys.json`,
      ],
    ],
    ['controls', ['controls', BUNDLE]],
    ['help', ['--help']],
  ])('%s loads neither an AWS SDK nor the CDK', (_name, argv) => {
    const modules = modulesOf(...argv);
    expect(modules.some((url) => url.endsWith('/cli/main.ts'))).toBe(true);
    expect(modules.filter((url) => AWS_OR_CDK.test(url))).toEqual([]);
  });
});
