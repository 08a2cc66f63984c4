import { describe, expect, it } from 'vitest';
import { parseFindQuery } from '../../../cli/find/find-query.ts';
import { secretName } from 'taskbound-evidence/names/ids';
import { BOUNDARY, call } from '../support.ts';

const SECRET = secretName(
  { stack: 'Taskbound', taskType: 'object-transfer', boundaryId: BOUNDARY, nonce: 'a'.repeat(32) },
  'session',
);

describe('a query', () => {
  it.each([
    [{ requester: 'Ann@Example.org' }, { by: 'requester', lookup: 'requester#ann@example.org' }],
    [{ requester: 'schedule/Nightly' }, { by: 'requester', lookup: 'requester#schedule/Nightly' }],
    [
      { approver: 'arn:aws:iam::111122223333:role/a/Robots' },
      { by: 'approver', lookup: 'approver#arn:aws:iam::111122223333:role/a/Robots' },
    ],
    [{ day: '2028-02-29' }, { by: 'day', value: '2028-02-29' }],
    [{ accessKey: 'ASIAIOSFODNN7EXAMPLE' }, { by: 'access-key', lookup: 'key#ASIAIOSFODNN7EXAMPLE' }],
    [{ secret: `${SECRET}-a1B2c3` }, { by: 'secret', value: SECRET, place: { boundaryId: BOUNDARY } }],
  ])('%j', (criteria, query) => expect(parseFindQuery(criteria)).toMatchObject(query));

  it.each([
    ['nothing', [], /given: none\. Give one of --requester/],
    ['two things', ['--day', '2026-11-24', '--access-key', 'ASIAX'], /given: --day, --access-key/],
    ['a day that is none', ['--day', '2026-02-30'], /--day "2026-02-30" was given; allowed: a day in UTC/],
    ['a day with its time', ['--day', '2026-11-24T10:00'], /--day/],
    ['half a key', ['--access-key', 'ASIA12'], /--access-key "ASIA12" was given; allowed/],
    ['a key in small letters', ['--access-key', 'asiaiosfodnn7example'], /--access-key/],
    [
      "a session's ARN",
      ['--approver', 'arn:aws:sts::111122223333:assumed-role/A/bob'],
      /--approver.*session's/,
    ],
    ['a schedule that approves', ['--approver', 'schedule/Nightly'], /--approver/],
    ['an empty name', ['--requester', ''], /--requester ""/],
    [
      'a secret of somebody else',
      ['--secret', 'prod/db'],
      /--secret "prod\/db" was given.*not made for a task/,
    ],
    ['a limit of none', ['--day', '2026-11-24', '--limit', '0'], /--limit.*1 to 1000/],
  ])('%s: exit 2 and one message, before any call', async (_what, argv, message) => {
    const { code, stdout, stderr } = await call('/', ['find', ...argv, '--stack', 'Taskbound']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
