/** A mistake that somebody could make, as a change of one place in a copy of the project. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** What breaks. */
  readonly invariant: number;
  /** The single faults that are tried, a regular expression; random schedules where only several tasks at once can show it. */
  readonly only: string;
  readonly schedules?: number;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a state before the tail has no Catch',
    file: 'lib/workflow/issue.ts',
    find: "caught: catchAll(TAIL, failedIn('IssueIdentity')),",
    replace: 'caught: [],',
    invariant: 2,
    only: '^refuse at IssueIdentity',
  },
  {
    name: 'the deny is lifted as soon as the boundary is closed',
    file: 'core/due.ts',
    find: 'return Math.max(latestDeadlineMs(row), row.closedAtMs ?? 0) + SWEEP_MARGIN_MS;',
    replace: 'return (row.closedAtMs ?? 0) + SWEEP_MARGIN_MS / 4;',
    invariant: 2,
    only: '^nothing',
  },
  {
    name: 'the phase says revoked before anything is',
    file: 'lambdas/revoke-and-record/revoke-and-record.ts',
    find: "...movePhase(row, 'revoking'),",
    replace: "...movePhase(row, 'revoking'), phase: 'revoked' as const,",
    invariant: 2,
    only: '^kill .*RevokeAndRecord',
  },
  {
    name: 'the probe does not look at its answer',
    file: 'lambdas/prove-revoked/prove-lease.ts',
    find: "if (answer.answer !== 'refused' && !isExpired)",
    replace: "if (answer.answer === ('never' as string) && !isExpired)",
    invariant: 3,
    only: '^nothing',
  },
  {
    name: 'only the status-change event closes what an execution left open',
    file: 'core/due.ts',
    find: "row.phase === 'closed' ? tidyAtMs(row) : lookAtMs(row)",
    replace: "row.phase === 'closed' ? tidyAtMs(row) : undefined",
    invariant: 2,
    only: '^stop RunWork, then events lost',
  },
  {
    name: 'a lease has no deadline of its own',
    file: 'core/session-policy.ts',
    find: "{ 'aws:CurrentTime': grant.deadline }",
    replace: "{ 'aws:CurrentTime': '2099-01-01T00:00:00Z' }",
    invariant: 1,
    only: '^(quota|outage at RevokeAndRecord)',
  },
  {
    name: 'a secret that is not there is believed to be gone for good at once',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'if (isMakerDone(secret) || on.clock.nowMs() > makerGoneAtMs) return undefined;',
    replace: 'if (makerGoneAtMs > 0) return undefined;',
    invariant: 4,
    only: '^(run-on|stop-at) .*IssueSecret',
    schedules: 400,
  },
  {
    name: 'an error of a secret’s revocation is swallowed',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'return error instanceof Error ? `${error.name}: ${error.message}` : String(error);',
    replace: 'return error === undefined ? String(error) : undefined;',
    invariant: 2,
    only: '^refuse .*RevokeAndRecord',
  },
  {
    name: 'any execution may tear a boundary down',
    file: 'core/ledger.ts',
    find: 'if (row.executionArn !== executionArn && row.teardown?.executionArn !== executionArn) {',
    replace: "if (executionArn === '') {",
    invariant: 5,
    only: '^by-hand',
  },
  {
    name: 'a redriven execution works again',
    file: 'lib/workflow/expressions.ts',
    find: '`$states.context.Execution.RedriveCount > 0 ?',
    replace: '`$states.context.Execution.RedriveCount < 0 ?',
    invariant: 7,
    only: '^stop-at .*redrive',
  },
  {
    name: 'the work is tried again when Lambda’s answer is lost',
    file: 'lib/workflow/run-work.ts',
    find: "caught: catchAll(TAIL, failedIn('RunWork')),",
    replace:
      "retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 5, MaxAttempts: 2 }],\n    caught: catchAll(TAIL, failedIn('RunWork')),",
    invariant: 7,
    only: '^(lose .*Machine|work)',
  },
  {
    name: 'a credential that nobody can present is taken for expired at once',
    file: 'lambdas/prove-revoked/prove-lease.ts',
    find: 'if (isOver(lease, on)) return;',
    replace: 'if (lease.number > 0) return;',
    invariant: 3,
    only: '^kill .*IssueIdentity',
  },
  {
    name: 'the deadline in the session policy is later than the one in the ledger',
    file: 'lambdas/issue-identity/issue-identity.ts',
    find: 'deadline: deadlineText(deadlineMs),\n  });\n\ninterface Attempt',
    replace: 'deadline: deadlineText(deadlineMs + 600_000),\n  });\n\ninterface Attempt',
    invariant: 1,
    only: '^quota',
  },
  {
    name: 'an event of the evidence is appended again by a retry',
    file: 'lambdas/control/evidence-log.ts',
    find: 'if (standing) return standing;',
    replace: "if (standing?.type === 'boundary.closed') return standing;",
    invariant: 6,
    only: '^kill ',
  },
  {
    name: 'one task’s deny ends every task of the type',
    file: 'lambdas/revoke-and-record/deny-boundary.ts',
    find: "StringEquals: { 'aws:SourceIdentity': boundaryId }",
    replace: "StringLike: { 'aws:SourceIdentity': boundaryId.replace(/[.].*/, '.*') }",
    invariant: 5,
    only: '^nothing',
    schedules: 150,
  },
  {
    name: 'success is reported when the proof cannot be had',
    file: 'lib/workflow/tail.ts',
    find: "caught: catchAll('BoundaryUnproven', stoppedIn('ProveRevoked')),",
    replace: "caught: catchAll('TaskSucceeded', stoppedIn('ProveRevoked')),",
    invariant: 8,
    only: '^outage at ProveRevoked#1.* 14400',
  },
  {
    name: 'a Teardown that failed is the last one',
    file: 'core/reconcile.ts',
    find: 'if (row.teardown && nowMs < row.teardown.intendedAtMs + TEARDOWN_PAUSE_MS)',
    replace: 'if (row.teardown && nowMs > 0)',
    invariant: 2,
    only: '^outage at RevokeAndRecord#1.8 14400',
  },
  {
    name: 'a role that is full of denies stops the teardown',
    file: 'lambdas/revoke-and-record/deny-boundary.ts',
    find: 'return error instanceof Error ? `${error.name}: ${error.message}` : String(error);',
    replace: 'throw error;',
    invariant: 2,
    only: '^quota',
  },
];
