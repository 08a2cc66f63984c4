import { describe, expect, it } from 'vitest';
import { pathText } from '../../../../packages/evidence/report/path/workflow-picture.ts';
import { workflowPathOf, type StepState } from '../../../../packages/evidence/report/path/path.ts';
import type { ChainDraft } from 'taskbound-evidence/chain/evidence';
import {
  admitted,
  decided,
  ended,
  chainOf,
  eventsOf,
  leaseIssued,
  recordOf,
  rejected,
  requested,
  revokedIntended,
  secretIssued,
  type RecordName,
} from '../../../fixtures/task-events.ts';

const SIGNS: Readonly<Record<StepState, string>> = { passed: 'v', failed: 'x', waiting: '.', skipped: '-' };
const ofDrafts = (drafts: readonly ChainDraft[]) => workflowPathOf(recordOf(chainOf(drafts)));
const signs = ({ front, tail }: ReturnType<typeof workflowPathOf>): string =>
  [front, tail].map((steps) => steps.map(({ state }) => SIGNS[state]).join('')).join(' ');

describe('the way through the workflow', () => {
  // submit Approval Admit AwaitWindow Issue IssueIdentity RunWork, RevokeAndRecord ProveRevoked CloseBoundary end
  it.each<[RecordName, string, RegExp]>([
    ['succeeded', 'v-v-vvv vvvv', /whole workflow/],
    ['approved', 'vvvvvvv vvvv', /whole workflow/],
    ['lease after lease', 'v-v-vvv vvvv', /whole workflow/],
    ['failed', 'v-v-vvx vvvx', /failed, and its boundary was closed/],
    ['rejected', 'v-x---- vvvx', /rule rejected the task.*nothing was issued/],
    ['refused by a person', 'vxx---- vvvx', /person refused/],
    ['never approved', 'vxx---- vvvx', /Not enough people/],
    ['ended early', 'v-v-vvx vvvx', /ended the task early; Teardown closed its boundary/],
    ['torn down', 'v-v-vvx vvvx', /so Teardown closed the boundary/],
    ['emergency', 'v-v-vvv vvvv', /whole workflow/],
    ['expired', 'v-v--vx vvvx', /so Teardown closed the boundary/],
    ['maybe issued', 'v-v--x- vvvx', /failed, and its boundary was closed/],
    ['waiting for approval', 'v.----- ----', /ends at Approval, before the boundary was closed/],
    ['under way', 'v-v-vv. ----', /ends at RunWork, before the boundary was closed/],
  ])('%s: %s', (name, expected, says) => {
    const way = workflowPathOf(recordOf(eventsOf(name)));
    expect(signs(way)).toBe(expected);
    expect(way.says).toMatch(says);
  });

  it.each<[string, ChainDraft[], string]>([
    ['admitted only', [requested(), admitted()], 'v-.---- ----'],
    ['requested only', [requested()], '.------ ----'],
    [
      'waiting for its window',
      [
        requested({ window: { opensAt: '2026-11-23T11:00:00Z', closesAt: '2026-11-23T12:00:00Z' } }),
        admitted(),
      ],
      'v-v.--- ----',
    ],
    [
      'rejected before its first lease',
      [requested(), admitted(), secretIssued(), rejected('issue-identity')],
      'v-v-vx- ----',
    ],
    ['rejected at a secret', [requested(), admitted(), rejected('issue-secret')], 'v-v-x-- ----'],
    ['nothing that is known', [], '------- ----'],
  ])('%s: %s', (_what, drafts, expected) => {
    expect(signs(ofDrafts(drafts))).toBe(expected);
  });

  it.each<[string, ChainDraft[], RegExp]>([
    [
      'an end that is not done',
      [requested(), admitted(), ended('admitted')],
      /the record ends before its boundary was closed/,
    ],
    [
      'a lease in spite of a refusal',
      [requested(), decided('refused', 'bob'), leaseIssued()],
      /refused the task, but something was issued/,
    ],
    [
      'a rejection when a session may have been issued',
      [requested(), admitted(), rejected('issue-identity'), revokedIntended()],
      /rejected the task, but something may have been issued/,
    ],
    [
      'a rejection after a secret',
      [requested(), admitted(), secretIssued(), rejected('issue-identity')],
      /rejected the task, but something was issued/,
    ],
  ])('does not say more than the record of %s', (_what, drafts, says) => {
    expect(ofDrafts(drafts).says).toMatch(says);
  });

  it('counts the rounds, and tells Teardown from the own execution', () => {
    expect(workflowPathOf(recordOf(eventsOf('lease after lease')))).toMatchObject({
      rounds: 2,
      byTeardown: false,
    });
    expect(workflowPathOf(recordOf(eventsOf('torn down')))).toMatchObject({ rounds: 0, byTeardown: true });
    expect(workflowPathOf(recordOf(eventsOf('ended early'))).byTeardown).toBe(true);
  });

  it('names a single secret, and an emergency', () => {
    const words = pathText(workflowPathOf(recordOf(eventsOf('emergency'))));
    expect(words).toContain('Approval: not entered, emergency. Admit: passed, admitted.');
    expect(words).toContain('Issue receiptKey: passed, 1 issued.');
  });

  it('says when a deny was not put, and when nothing was there to deny', () => {
    const note = (name: RecordName) => workflowPathOf(recordOf(eventsOf(name))).tail[0]?.note;
    expect([note('succeeded'), note('expired'), note('rejected')]).toEqual([
      'denied',
      'deny not effective',
      'nothing to deny',
    ]);
  });

  it('marks a proof that does not hold', () => {
    const drafts = [
      requested(),
      admitted(),
      leaseIssued(),
      { id: 'p', type: 'revocation.proven', actor: 'x', data: { proof: 'refused' } },
    ] as const;
    expect(ofDrafts(drafts).tail[1]).toMatchObject({ state: 'failed', note: 'unproven' });
  });
});
