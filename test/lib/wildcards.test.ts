import { describe, expect, it } from 'vitest';
import { sampleResources, textOf } from './sample.ts';
import { statementsIn } from './statements.ts';

/** Every `*` and `?` in a policy, with its place and its reason. At synth, cdk-nag requires the same for Allow statements of roles. */
const OPEN: readonly (readonly [where: RegExp, text: RegExp, because: string])[] = [
  [
    /^(Source|Destination|Maintenance)Policy/,
    /^s3:\*$/,
    'In the Deny of requests without TLS: every action.',
  ],
  [/^(Source|Destination|Maintenance)Policy/, /^\*$/, 'In the Deny of requests without TLS: every caller.'],
  [
    /^(Source|Destination|Maintenance)Policy/,
    /^<(Source|Destination|Maintenance)\w+\.Arn>\/\*$/,
    'In the Deny of requests without TLS: every object of the bucket.',
  ],
  [
    /^(ObjectTransfer|DatabaseMaintenance|CaseResponse)TaskCeiling/,
    /^\*$/,
    'In the Deny of everything outside the ceiling.',
  ],
  [
    /^(ObjectTransfer|DatabaseMaintenance)TaskCeiling/,
    /^<(Source|Destination)\w+\.Arn>\/\*(\.receipt\.json)?$/,
    'The parameter is open. The session policy fills it.',
  ],
  [
    /^DatabaseMaintenanceTaskCeiling/,
    /^<Maintenance\w+\.Arn>\/\*\/\*\.json$/,
    'Both parameters are open. The session policy fills them.',
  ],
  [
    /^(ObjectTransfer|DatabaseMaintenance|CaseResponse)TaskCeiling/,
    /:secret:taskbound\/Taskbound\/(object-transfer|database-maintenance|case-response)\/\*/,
    'The type’s secrets are named after tasks.',
  ],
  [
    /^(ObjectTransfer|DatabaseMaintenance|CaseResponse)TaskRole/,
    /^(object-transfer|database-maintenance|case-response)\.\*$/,
    'A session is named after its task.',
  ],
  [
    /^(ObjectTransfer|DatabaseMaintenance|CaseResponse)WorkRole/,
    /\/(object-transfer|database-maintenance|case-response)\/\*\/session-\?{6}$/,
    'Session secrets are named after tasks.',
  ],
  [
    /^(ObjectTransferWorkflow|DatabaseMaintenanceWorkflow|CaseResponseWorkflow|BoundaryControlTeardown)Role/,
    /^<\w+Function\w+\.Arn>:\*$/,
    'Every version: an execution outlives a deploy.',
  ],
  [
    /^(ObjectTransferWorkflow|DatabaseMaintenanceWorkflow|CaseResponseWorkflow|BoundaryControlTeardown)Role/,
    /^\*$/,
    'Log delivery and X-Ray have no resources.',
  ],
  [
    /^BoundaryControl\w+Role|^(ObjectTransfer|DatabaseMaintenance|CaseResponse)WorkRole/,
    /^\*$/,
    'X-Ray has no resources.',
  ],
  [
    /^BoundaryControl(Submit|SubmitScheduled|Decide|End|Admit|IssueIdentity)Role/,
    /:parameter\/taskbound\/Taskbound\/types\/\*$/,
    'Types are declared after the boundary.',
  ],
  [
    /^BoundaryControl(IssueSecret|RevokeAndRecord|ProveRevoked|Reconcile)Role/,
    /:secret:taskbound\/Taskbound\/\*$/,
    'Secrets are named after tasks.',
  ],
  [
    /^BoundaryControl(IssueIdentity|ProveRevoked|CloseBoundary)Role/,
    /:secret:taskbound\/Taskbound\/\*\/session(-\?{6})?$/,
    'Session secrets are named after tasks.',
  ],
  [
    /^BoundaryControlReconcileRole/,
    /:execution:Taskbound-\*:\*$/,
    'Executions are named after tasks. Those of a removed type must be found too.',
  ],
  [
    /^BoundaryControl(RevokeAndRecord|Reconcile)Role/,
    /:(role|policy)\/taskbound\/Taskbound\/\*$/,
    'Task roles and ceilings have a path of this stack.',
  ],
  [/^BoundaryControlReconcileRole/, /^\*$/, 'ListSecrets does not support resources.'],
  [
    /^Boundary(ReconcilerDeadLetters|ScheduledRunsMissed)Policy/,
    /^(sqs:)?\*$/,
    'CDK’s Deny of everything without TLS.',
  ],
  [
    /^BoundaryRecordsEvidenceKey/,
    /^(kms:)?\*$|:role\/Taskbound-\*$/,
    'In a key policy, `*` is that key. The Deny applies to everybody, and the account can administer the key.',
  ],
  [/^BoundaryAlarmsTopicPolicy/, /^\*$/, 'CDK’s Deny of everything without TLS: every caller.'],
  [
    /^OperatorsDefaultPolicy|^BoundaryControlEndRole/,
    /:execution:Taskbound-\*:\*$/,
    'Executions are named after tasks. Those of a removed type must be read and ended too.',
  ],
  [/^(Requesters|Approvers)DefaultPolicy/, /:execution:<\w+\.Name>:\*$/, 'Executions are named after tasks.'],
  [
    /^(Requesters|Approvers)DefaultPolicy/,
    /^(object-transfer|database-maintenance|case-response)\.\*$/,
    'In a condition: the keys of the items of a type’s tasks start with the type.',
  ],
  [
    /^OperatorsDefaultPolicy/,
    /:parameter\/taskbound\/Taskbound\/types\/\*$/,
    'Types are declared after the boundary.',
  ],
];

describe('every wildcard in a policy', () => {
  const textsIn = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [String(value)];
    if (Array.isArray(value)) return value.flatMap(textsIn);
    return Object.keys(value).some((key) => /^(Fn::|Ref$)/.test(key))
      ? [textOf(value)]
      : Object.values(value).flatMap(textsIn);
  };
  const open = statementsIn(sampleResources()).flatMap(({ where, statement }) =>
    textsIn(statement)
      .filter((text) => /[*?]/.test(text))
      .map((text) => [where, text] as const),
  );

  it.each(open)('%s: %s has a reason', (where, text) => {
    expect(OPEN.some(([place, pattern]) => place.test(where) && pattern.test(text))).toBe(true);
  });

  it('with a reason exists', () => {
    const idle = OPEN.filter(
      ([place, pattern]) => !open.some(([where, text]) => place.test(where) && pattern.test(text)),
    );
    expect(idle).toEqual([]);
  });
});
