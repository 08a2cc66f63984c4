import { describe, expect, inject, it } from 'vitest';
import { call, temporaryFolder } from '../support.ts';

describe('a fresh local stack', () => {
  const assembly = () => inject('assemblies').sample;

  it('is safe, and is said to be fresh', async () => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), [
      ...['drain', '--assembly', assembly(), '--reason', 'goodbye', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      ...['stack', 'draining', 'safe', 'ended', 'open', 'waitingForDeny', 'marker'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ stack: 'Taskbound', draining: true, safe: true });
    expect(stderr).toContain('goodbye');
    expect(stderr).toContain('This is a fresh local stack, so it is empty. Name a stack with --stack');
  });

  it('is not safe at once: exit 1', async () => {
    const { code, stdout } = await call(await temporaryFolder(), [
      ...['drain', '--assembly', assembly(), '--timeout', '0'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Safe +NO$/m);
  });
});

describe('bad input: exit 2, nothing was changed', () => {
  it.each([
    [['--timeout', 'soon'], /"soon" was given; allowed: a whole number from 0 to 86400/],
    [['--timeout', '-1'], /"-1" was given/],
    [['--timeout', '86401'], /"86401" was given/],
    [['--resume', '--end'], /--resume and --end were both given; .* Leave one out/],
    [['--resume', '--reason', 'x'], /--resume and --reason were both given/],
    [['--resume', '--timeout', '5'], /--resume and --timeout were both given/],
    [['--reason', ''], /--reason has 0 characters; allowed: 1 to 1024/],
    [['--reason', 'x'.repeat(1025)], /--reason has 1025 characters/],
    [['--reason', 'half \ud800'], /allowed: 1 to 1024 whole characters/],
    [['--stack', 'X', '--assembly', 'x'], /--stack X and --assembly were both given/],
    [['now'], /too many arguments/],
    [['--requester'], /unknown option '--requester'/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), ['drain', ...argv]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
