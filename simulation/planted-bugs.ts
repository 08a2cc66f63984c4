/** A change of one text in a file. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A possible mistake, as a change of a copy of the project. */
export interface PlantedBug extends Change {
  readonly name: string;
  /** Further changes, if a second check would hide that the first one is missing. */
  readonly also?: readonly Change[];
  /** The invariant that breaks. */
  readonly invariant: number;
  /**
   * The single faults to try, a regular expression; or random schedules, if only several tasks can show the
   * mistake.
   */
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
    file: 'core/ledger/due.ts',
    find: 'return Math.max(latestDeadlineMs(row), row.closedAtMs) + SWEEP_MARGIN_MS;',
    replace: 'return row.closedAtMs + SWEEP_MARGIN_MS / 4;',
    invariant: 2,
    only: '^nothing',
  },
  {
    name: 'the phase says revoked before anything is',
    file: 'lambdas/revoke-and-record/revoke-and-record.ts',
    find: "return movePhase(row, 'revoking', {",
    replace: "return movePhase(movePhase(row, 'revoking', {} as never), 'revoked', {",
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
    file: 'core/ledger/due.ts',
    find: "row.phase === 'closed' ? tidyAtMs(row) : lookAtMs(row)",
    replace: "row.phase === 'closed' ? tidyAtMs(row) : undefined",
    invariant: 2,
    only: '^stop RunWork, then events lost',
  },
  {
    name: 'a lease has no deadline of its own',
    file: 'core/grants/session-policy.ts',
    find: "{ 'aws:CurrentTime': grant.deadline }",
    replace: "{ 'aws:CurrentTime': '2099-01-01T00:00:00Z' }",
    invariant: 1,
    only: '^(quota|outage at RevokeAndRecord)',
  },
  {
    name: 'a secret that is not there is believed to be gone for good at once',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'if (isMakerDone(secret) || deps.clock.nowMs() > makerGoneAtMs) return undefined;',
    replace: 'if (makerGoneAtMs > 0) return undefined;',
    invariant: 4,
    only: '^(run-on|stop-at) .*IssueSecret',
    schedules: 400,
  },
  {
    name: 'an error of a secret’s revocation is swallowed',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'return describeError(error);',
    replace: 'return error === undefined ? String(error) : undefined;',
    invariant: 2,
    only: '^refuse .*RevokeAndRecord',
  },
  {
    name: 'any execution may tear a boundary down',
    file: 'core/ledger/assert-owner.ts',
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
    name: 'an event of the evidence is appended again by a retry',
    file: 'lambdas/control/evidence/evidence-log.ts',
    find: 'if (existing) return existing;',
    replace: "if (existing?.type === 'boundary.closed') return existing;",
    invariant: 6,
    only: '^kill ',
  },
  {
    name: 'one task’s deny ends every task of the type',
    file: 'packages/evidence/policy/deny-policy.ts',
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
    file: 'core/reconcile/reconcile.ts',
    find: 'if (row.teardown && nowMs < row.teardown.intendedAtMs + TEARDOWN_PAUSE_MS)',
    replace: 'if (row.teardown && nowMs > 0)',
    invariant: 2,
    only: '^outage at RevokeAndRecord#1.* 14400',
  },
  {
    name: 'a role that is full of denies stops the teardown',
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
    name: 'an approval counts whatever grant it was given for',
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
    name: 'the execution is started before the quorum is there, and nobody counts approvals again',
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
    name: 'nobody looks when the window opens',
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
    name: 'a window that has opened is open for ever',
    file: 'core/windows/window.ts',
    find: "if (window === undefined) return { is: 'open' };",
    replace: "if (window === undefined || nowMs >= window.opensAtMs) return { is: 'open' };",
    invariant: 11,
    only: '^maintenance in a short window',
  },
  {
    name: 'a lease may be longer than its window',
    file: 'core/ledger/deadline.ts',
    find: 'row.window?.closesAtMs ?? Infinity,',
    replace: 'Infinity,',
    invariant: 11,
    only: '^maintenance: window',
  },
  {
    name: 'a login is left when its secret is destroyed',
    file: 'lambdas/control/secrets/retire-secret.ts',
    find: '  if (isLogin(secret)) await logins.end(secret);\n',
    replace: '',
    invariant: 2,
    only: '^maintenance: nothing',
  },
  {
    name: 'a login is left when its secret is destroyed, and the proof does not ask the server',
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
    name: 'a login that is not there yet is believed to be gone for good',
    file: 'lambdas/revoke-and-record/revoke-secrets.ts',
    find: 'if (isMakerDone(secret) || deps.clock.nowMs() > makerGoneAtMs) return undefined;',
    replace: 'if (makerGoneAtMs > 0) return undefined;',
    invariant: 9,
    only: '^maintenance: run-on at IssueSecret',
  },
  {
    name: 'a task that is ended early goes on until Teardown has begun',
    file: 'core/ledger/phase.ts',
    find: "phase === 'admitted' || phase === 'open';",
    replace: "phase === 'admitted' || phase === 'open' || phase === 'revoking';",
    invariant: 12,
    only: '^(ended|maintenance): end-at',
  },
  {
    name: 'each delivery of a run is a task of its own',
    file: 'lambdas/submit-scheduled/submit-run.ts',
    find: 'submitTask(run.taskId,',
    replace: 'submitTask(`${run.taskId}${deps.randomHex(1)}`,',
    invariant: 13,
    only: '^scheduled: nothing',
  },
  {
    name: 'a new run gets the lease of an old one',
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
