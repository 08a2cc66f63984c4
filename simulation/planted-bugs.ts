/** A change of one text in a file. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A possible mistake of a developer. It is made in a copy of the project. */
export interface PlantedBug extends Change {
  readonly name: string;
  /** Further changes, if a second check in the code would otherwise prevent the effect of the mistake. */
  readonly also?: readonly Change[];
  /** The number of the invariant that is violated. */
  readonly invariant: number;
  /** A regular expression for the names of the single faults that are run. */
  readonly only: string;
  /** How many random schedules are run, if it takes several tasks to find the mistake. @default - none */
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
    name: 'the deny is removed as soon as the boundary is closed',
    file: 'core/ledger/due.ts',
    find: 'return Math.max(latestDeadlineMs(row), row.closedAtMs) + SWEEP_MARGIN_MS;',
    replace: 'return row.closedAtMs + SWEEP_MARGIN_MS / 4;',
    invariant: 2,
    only: '^nothing',
  },
  {
    name: 'the phase becomes revoked before anything is revoked',
    file: 'lambdas/revoke-and-record/revoke-and-record.ts',
    find: "return movePhase(row, 'revoking', {",
    replace: "return movePhase(movePhase(row, 'revoking', {} as never), 'revoked', {",
    invariant: 2,
    only: '^kill .*RevokeAndRecord',
  },
  {
    name: 'the answer to the canary call is ignored',
    file: 'lambdas/prove-revoked/prove-lease.ts',
    find: "if (answer.answer !== 'refused' && !isExpired)",
    replace: "if (answer.answer === ('never' as string) && !isExpired)",
    invariant: 3,
    only: '^nothing',
  },
  {
    name: 'only the status-change event starts Teardown for a boundary that its execution left open',
    file: 'core/ledger/due.ts',
    find: "row.phase === 'closed' ? tidyAtMs(row) : lookAtMs(row)",
    replace: "row.phase === 'closed' ? tidyAtMs(row) : undefined",
    invariant: 2,
    only: '^stop RunWork, then events lost',
  },
  {
    name: 'the deadline in the session policy is far in the future',
    file: 'core/grants/session-policy.ts',
    find: "{ 'aws:CurrentTime': grant.deadline }",
    replace: "{ 'aws:CurrentTime': '2099-01-01T00:00:00Z' }",
    invariant: 1,
    only: '^(quota|outage at RevokeAndRecord)',
  },
  {
    name: 'a secret that does not exist yet is immediately recorded as destroyed',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'if (isMakerDone(secret) || deps.clock.nowMs() > makerGoneAtMs) return undefined;',
    replace: 'if (makerGoneAtMs > 0) return undefined;',
    invariant: 4,
    only: '^(run-on|stop-at) .*IssueSecret',
    schedules: 400,
  },
  {
    name: 'an error in the revocation of a secret is ignored',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'return describeError(error);',
    replace: 'return error === undefined ? String(error) : undefined;',
    invariant: 2,
    only: '^refuse .*RevokeAndRecord',
  },
  {
    name: 'any execution may tear down any boundary',
    file: 'core/ledger/assert-owner.ts',
    find: 'if (row.executionArn !== executionArn && row.teardown?.executionArn !== executionArn) {',
    replace: "if (executionArn === '') {",
    invariant: 5,
    only: '^by-hand',
  },
  {
    name: 'a redriven execution runs the work again',
    file: 'lib/workflow/expressions.ts',
    find: '`$states.context.Execution.RedriveCount > 0 ?',
    replace: '`$states.context.Execution.RedriveCount < 0 ?',
    invariant: 7,
    only: '^stop-at .*redrive',
  },
  {
    name: 'the work is retried when the answer of Lambda is lost',
    file: 'lib/workflow/run-work.ts',
    find: "caught: catchAll(TAIL, failedIn('RunWork')),",
    replace:
      "retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 5, MaxAttempts: 2 }],\n    caught: catchAll(TAIL, failedIn('RunWork')),",
    invariant: 7,
    only: '^(lose .*Machine|work)',
  },
  {
    name: 'a credential that was lost is immediately recorded as expired',
    file: 'lambdas/prove-revoked/prove-lease.ts',
    find: 'if (isOver(lease, deps)) return;',
    replace: 'if (lease.number > 0) return;',
    invariant: 3,
    only: '^kill .*IssueIdentity',
  },
  {
    name: 'the deadline in the session policy is later than the one in the ledger',
    file: 'lambdas/issue-identity/intend-lease.ts',
    find: 'deadline: deadlineText(deadlineMs),',
    replace: 'deadline: deadlineText(deadlineMs + 600_000),',
    invariant: 1,
    only: '^quota',
  },
  {
    name: 'a retry appends an event of the evidence again',
    file: 'lambdas/control/evidence/evidence-log.ts',
    find: 'if (existing) return existing;',
    replace: "if (existing?.type === 'boundary.closed') return existing;",
    invariant: 6,
    only: '^kill ',
  },
  {
    name: 'the deny of one task ends the access of every task of the type',
    file: 'packages/evidence/policy/deny-policy.ts',
    find: "StringEquals: { 'aws:SourceIdentity': boundaryId }",
    replace: "StringLike: { 'aws:SourceIdentity': boundaryId.replace(/[.].*/, '.*') }",
    invariant: 5,
    only: '^nothing',
    schedules: 150,
  },
  {
    name: 'success is reported when there is no proof',
    file: 'lib/workflow/tail.ts',
    find: "caught: catchAll('BoundaryUnproven', stoppedIn('ProveRevoked')),",
    replace: "caught: catchAll('TaskSucceeded', stoppedIn('ProveRevoked')),",
    invariant: 8,
    only: '^outage at ProveRevoked#1.* 14400',
  },
  {
    name: 'a Teardown that failed is not started again',
    file: 'core/reconcile/reconcile.ts',
    find: 'if (row.teardown && nowMs < row.teardown.intendedAtMs + TEARDOWN_PAUSE_MS)',
    replace: 'if (row.teardown && nowMs > 0)',
    invariant: 2,
    only: '^outage at RevokeAndRecord#1.* 14400',
  },
  {
    name: 'the teardown fails when the role has no space for a deny',
    file: 'lambdas/revoke-and-record/deny-boundary.ts',
    find: 'return describeError(error);',
    replace: 'throw error;',
    invariant: 2,
    only: '^quota',
  },
  {
    name: 'the requester is counted among the approvers',
    file: 'core/approvals/approval.ts',
    find: '      person !== row.requester &&\n',
    replace: '',
    also: [
      {
        file: 'core/approvals/approval.ts',
        find: 'if (row.requester === undefined || made.person === row.requester)',
        replace: 'if (row.requester === undefined)',
      },
    ],
    invariant: 10,
    only: '^maintenance: nothing',
  },
  {
    name: 'an approval counts even if it was given for another grant',
    file: 'lambdas/decide/decide.ts',
    find: 'grantDigest: assertDigest(call),',
    replace: 'grantDigest: assertDigest(call) && row.grantDigest,',
    invariant: 10,
    only: '^maintenance: nothing',
  },
  {
    name: 'one approval is enough',
    file: 'core/approvals/approval.ts',
    find: 'const quorum = Math.max(config.approval?.quorum ?? 0, row.approval?.quorum ?? 0);',
    replace: 'const quorum = config.approval === null ? 0 : 1;',
    invariant: 10,
    only: '^maintenance: nothing',
  },
  {
    name: 'the execution starts before the quorum is reached, and approvals are not checked again',
    file: 'core/approvals/approval.ts',
    find: '  if (approvalFault(decided, config) !== undefined) return decided;\n',
    replace: '',
    also: [
      {
        file: 'lambdas/control/task-types/check-grant.ts',
        find: '(workFault(config, workVersion) ?? approvalFault(row, config))',
        replace: 'workFault(config, workVersion)',
      },
    ],
    invariant: 10,
    only: '^maintenance: nothing',
  },
  {
    name: 'a refusal is not final',
    file: 'core/approvals/approval.ts',
    find: "return { ...decided, rejection: { error: 'TaskRejected', cause, by: 'refusal' } };",
    replace: "return cause === '' ? row : decided;",
    invariant: 12,
    only: '^maintenance, refused: nothing',
  },
  {
    name: 'the opening time of a window is ignored',
    file: 'core/windows/window.ts',
    find: 'window === undefined || nowMs >= window.opensAtMs\n    ? null',
    replace: 'window === undefined || nowMs > 0\n    ? null',
    also: [
      {
        file: 'core/windows/window.ts',
        find: "if (nowMs >= opensAtMs) return { is: 'open' };",
        replace: "if (nowMs > 0) return { is: 'open' };",
      },
    ],
    invariant: 11,
    only: '^maintenance: nothing',
  },
  {
    name: 'a window that has opened never closes',
    file: 'core/windows/window.ts',
    find: "if (window === undefined) return { is: 'open' };",
    replace: "if (window === undefined || nowMs >= window.opensAtMs) return { is: 'open' };",
    invariant: 11,
    only: '^maintenance in a short window',
  },
  {
    name: 'a lease may end after its window',
    file: 'core/ledger/deadline.ts',
    find: 'row.window?.closesAtMs ?? Infinity,',
    replace: 'Infinity,',
    invariant: 11,
    only: '^maintenance: window',
  },
  {
    name: 'a login is not ended when its secret is destroyed',
    file: 'lambdas/control/secrets/retire-secret.ts',
    find: '  if (isLogin(secret)) await logins.end(secret);\n',
    replace: '',
    invariant: 2,
    only: '^maintenance: nothing',
  },
  {
    name: 'a login is not ended when its secret is destroyed, and the proof does not check the server',
    file: 'lambdas/control/secrets/retire-secret.ts',
    find: '  if (isLogin(secret)) await logins.end(secret);\n',
    replace: '',
    also: [
      {
        file: 'lambdas/prove-revoked/prove-revoked.ts',
        find: 'if (exists || sessions > 0) {',
        replace: 'if (exists && sessions > 99) {',
      },
    ],
    invariant: 9,
    only: '^maintenance: nothing',
  },
  {
    name: 'a login is valid for longer than its task',
    file: 'lambdas/control/logins/logins.ts',
    find: 'const validUntilMs = row.taskDeadlineMs ?? 0;',
    replace: 'const validUntilMs = (row.taskDeadlineMs ?? 0) + 600_000;',
    invariant: 9,
    only: '^maintenance: outage at RevokeAndRecord.* 600',
  },
  {
    name: 'a login that does not exist yet is immediately recorded as ended',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'if (isMakerDone(secret) || deps.clock.nowMs() > makerGoneAtMs) return undefined;',
    replace: 'if (makerGoneAtMs > 0) return undefined;',
    invariant: 9,
    only: '^maintenance: run-on at IssueSecret',
  },
  {
    name: 'a task that is ended early continues until Teardown starts',
    file: 'core/ledger/phase.ts',
    find: "phase === 'admitted' || phase === 'open';",
    replace: "phase === 'admitted' || phase === 'open' || phase === 'revoking';",
    invariant: 12,
    only: '^(ended|maintenance): end-at',
  },
  {
    name: 'each delivery of a scheduled run becomes another task',
    file: 'lambdas/submit-scheduled/submit-run.ts',
    find: 'submitTask(run.taskId,',
    replace: 'submitTask(`${run.taskId}${deps.randomHex(1)}`,',
    invariant: 13,
    only: '^scheduled: nothing',
  },
  {
    name: 'a new run of the work gets the lease of the previous run',
    file: 'lambdas/issue-identity/previous-run.ts',
    find: "lease.state === 'issued' && lease.after === before?.number",
    replace: "lease.state === 'issued' && lease.number >= (before?.number ?? 1)",
    invariant: 7,
    only: '^long: nothing',
  },
  {
    name: 'the head is not signed',
    file: 'lambdas/close-boundary/close-boundary.ts',
    find: 'await signHead(row.boundaryId, deps);',
    replace: '',
    invariant: 14,
    only: '^nothing',
  },
  {
    name: 'the row is closed before the head is signed',
    file: 'lambdas/close-boundary/close-boundary.ts',
    find: "await signHead(row.boundaryId, deps);\n  const archive = await archived(row, deps);\n  if (row.phase !== 'closed')\n    await close(row, { outcome: closed.outcome, ...(archive && { archive }) }, deps);",
    replace:
      "if (row.phase !== 'closed') await close(row, { outcome: closed.outcome }, deps);\n  await signHead(row.boundaryId, deps);",
    invariant: 14,
    only: '^nothing',
  },
];
