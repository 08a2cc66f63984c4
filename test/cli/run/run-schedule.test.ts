import { describe, expect, it } from 'vitest';
import { inject } from 'vitest';
import { call, temporaryFolder } from '../support.ts';

const assembly = () => inject('assemblies').sample;

describe('run --schedule', () => {
  it.each<[string, string[], RegExp]>([
    [
      'a request as well',
      ['request.json', '--schedule', 'Nightly'],
      /The request "request.json" and --schedule Nightly were both given; .* Omit one of them/,
    ],
    ['neither', [], /Neither a request nor --schedule was given; allowed: exactly one of them/],
  ])('with %s is wrong usage, and starts nothing', async (_what, argv, said) => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), ['run', ...argv, '--local']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  it.each([
    ['no name', 'nightly!', /--schedule "nightly!" was given; allowed: a schedule's name, such as Nightly/],
    ['a schedule that is not there', 'Hourly', /--schedule "Hourly" was given; allowed: Nightly\. Name/],
  ])('with %s says what there is', async (_what, name, said) => {
    const argv = ['run', '--schedule', name, '--local', '--assembly', assembly()];
    const { code, stderr } = await call(await temporaryFolder(), argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
  });

  it('skips to the next run, and follows the task that the schedule submitted', async () => {
    const folder = await temporaryFolder();
    const soon = { nowMs: () => Date.UTC(2026, 10, 24, 2, 55), sleep: async () => undefined };
    const argv = ['run', '--schedule', 'Nightly', '--local', '--assembly', assembly(), '--json'];
    const { code, stdout, stderr } = await call(folder, argv, { clock: soon });
    expect(stderr).toContain('Waiting for the next run of Nightly, due at 2026-11-24T03:00:00Z\n');
    // The seed has no export of that night: the task fails, its boundary closes.
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      boundaryId: 'object-transfer.Nightly-20261124T030000Z',
      outcome: 'failed',
      phase: 'closed',
      proof: 'refused',
    });
  });
});
