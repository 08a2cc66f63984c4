import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(
  new URL('../../../packages/evidence/bin/taskbound-evidence.ts', import.meta.url),
);
const FIXTURE = fileURLToPath(new URL('../../fixtures/bundle-v0.1', import.meta.url));
const BUNDLE = readdirSync(FIXTURE).find((name) => name.endsWith('.evidence.json')) ?? '';

const run = (...argv: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...argv], { cwd: FIXTURE, encoding: 'utf8' });

describe('the command taskbound-evidence', () => {
  it('verifies a bundle', () => {
    const { status, stdout } = run('verify', BUNDLE, '--key', 'taskbound.pub.pem');
    expect(stdout).toMatch(/^verified: /);
    expect(status).toBe(0);
  });

  it('ends with 4 without a key', () => {
    expect(run('verify', BUNDLE).status).toBe(4);
  });

  it('audits a bundle with a trail', () => {
    const trail = ['--trail', 'trail', '--trail-keys', 'trail/public-keys.json'];
    const { status, stdout } = run('audit', BUNDLE, '--key', 'taskbound.pub.pem', ...trail);
    expect(stdout).toContain('enforced');
    expect(status).toBe(0);
  });

  it('has no command that needs a stack', () => {
    const { status, stderr } = run('run', 'request.json');
    expect(stderr).toMatch(/^taskbound-evidence: unknown command 'run'\. See taskbound-evidence --help\.\n$/);
    expect(status).toBe(2);
  });

  it('ends with 2 when the bundle cannot be read, with --json as one document', () => {
    const { status, stdout } = run('verify', 'missing.json', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ error: { name: 'UsageError' } });
    expect(status).toBe(2);
  });

  it('prints its version', () => {
    expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
