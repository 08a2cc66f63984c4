import { expect, it } from 'vitest';
import { renderArchived } from '../../cli/render/archive.ts';
import { call } from './support.ts';

it.each([
  ['neither a task nor a day', [], /given: neither\. Give a boundary id/],
  ['both', ['object-transfer.x1', '--day', '2026-11-24'], /given: both\./],
  ['no boundary id', ['x1'], /no boundary id/],
  ['no day', ['--day', 'today'], /--day "today" was given; allowed: a day in UTC/],
])('%s: exit 2 and one message, before anything is asked', async (_what, argv, message) => {
  const { code, stdout, stderr } = await call('/', ['archive', ...argv]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it('says in words what was compared', () => {
  const boundaryId = 'object-transfer.x1';
  expect(renderArchived([{ boundaryId, archive: 'agrees', error: null }])).toBe(
    'object-transfer.x1  agrees with the table\n',
  );
  expect(renderArchived([{ boundaryId, archive: 'disagrees', error: null }])).toMatch(/DISAGREES.*runbook/);
  expect(renderArchived([{ boundaryId, archive: 'unknown', error: 'AccessDenied' }])).toMatch(
    /CANNOT BE READ.*\(AccessDenied\)\n$/,
  );
  expect(renderArchived([])).toMatch(/nothing was compared/);
});
