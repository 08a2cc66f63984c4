/**
 * Everything that an audit can find: the fixed name that results contain, and the sentence that explains it.
 * A violation contradicts the boundary or its evidence. A gap is missing or unclear information, without
 * which the audit cannot decide.
 */
export const VIOLATIONS = {
  'evidence-changed':
    'The evidence cannot be verified: it was changed, or it was not signed with the given key.',
  'evidence-contradictory':
    'The evidence contradicts itself: a session policy does not match its recorded digest.',
  'outside-and-allowed': 'A call outside the session policy succeeded.',
  'after-end-and-allowed':
    'A call succeeded after the access had ended: after the proof, or after the deadline.',
  'key-never-issued': 'An access key that the evidence does not contain was used in the name of the task.',
  'issuance-not-in-evidence':
    'A session was created in the name of the task, and the evidence does not contain it.',
  'issued-twice': 'One access key appears in more than one AssumeRole.',
  'policy-differs':
    'A session was created with a policy that differs from the one in the evidence, or without a policy.',
  'names-differ':
    'A session was created with a role, session name or source identity that differs from the evidence.',
  'issuer-differs': 'The sessions and the session secret of the task were not all created by the same role.',
  'second-reader':
    'The session secret was read by a principal other than the roles of the work function and of the proof.',
  'session-secret-read-again':
    'The work function read the session secret of one lease again, long after its run had started.',
  'session-secret-read-after-end':
    'The session secret was read after the end of the access had been proven, and not for another proof.',
  'jit-secret-foreign-reader':
    "A secret of the task was read by a principal other than the task's own session.",
  'secret-changed-by-other':
    'A secret of the task was created by two roles, was changed by a role that had not created it, or was created or changed in a way that no task needs.',
  'secret-policy-removed': 'The resource policy of a secret of the task was removed.',
  'secret-policy-replaced': 'The resource policy of a secret of the task was replaced.',
  'deny-lifted-early': "The policy that denies the task's sessions was removed before the deadline.",
  'deny-replaced': "The policy that denies the task's sessions was replaced by another policy.",
  'role-boundary-changed':
    'The permissions boundary of the task role was removed or replaced between the request and the end of the access.',
  'role-trust-changed':
    'The trust policy of the task role was changed between the request and the end of the access.',
  'role-policy-changed':
    'A policy was added to the task role, or removed from it, between the request and the end of the access.',
  'role-replaced': 'The task role was created or deleted between the request and the end of the access.',
  'ceiling-changed':
    "A ceiling policy of the task's stack was changed between the request and the end of the access.",
  'use-not-in-trail': 'The worker reported a call that the trail does not contain.',
  'unreported-use':
    'A call of the task succeeded that the worker did not report, although its report claims to be complete.',
} as const;
export type ViolationRule = keyof typeof VIOLATIONS;

export const GAPS = {
  'key-not-pinned':
    'No key was given to verify the signature. Give the key of the account that you trust with --key.',
  unsigned: 'The evidence is not signed, so missing events at its end cannot be detected.',
  'not-closed': 'The boundary is not closed yet, so the evidence is not complete.',
  'evidence-unreadable': 'The evidence contains events in a form that this audit does not support.',
  'readers-not-recorded': 'The evidence does not contain the roles that may read the session secret.',
  'digests-absent':
    'The trail has no digest files, so missing files and records cannot be detected. Include the folder CloudTrail-Digest.',
  'digest-missing': 'The chain of digest files is not complete.',
  'digest-invalid': 'Digest files do not have the form that CloudTrail writes.',
  'trail-changed': 'The trail was changed after CloudTrail had delivered it, so it proves nothing.',
  'trail-key-unknown':
    'Digest files are signed with keys that were not given. Give the list of keys for the time and region of the trail.',
  'log-file-missing': 'Log files that the digest files list are missing.',
  'log-file-unlisted': 'Records of the task are in files that no digest file lists.',
  'starts-late': 'The trail starts after the task was requested.',
  'ends-early': 'The trail ends before all records of the task can have been delivered.',
  'place-unknown': 'The evidence does not contain the account and region of the task.',
  'trail-reconfigured': 'A trail was stopped, or what it logs was changed, during the task.',
  'no-management-events':
    'No trail that covers the whole time of the task contains management events. Log management events, or include the files of a trail that contains them.',
  'issuance-missing':
    'The trail does not contain the AssumeRole call for a session of the task, so management events are missing.',
  'secret-creation-missing':
    'The trail does not contain the creation of a secret of the task, so management events are missing.',
  'session-read-missing':
    'The trail does not contain the read of a session secret by the work function, although the session was used.',
  'deny-missing':
    'The trail does not contain the deny policy that the evidence names. IAM records its calls in one region only: include the files of that region.',
  'no-data-events':
    'The trail contains no data events of a service that the task may use. Log data events: without them, calls to the service cannot be audited.',
  'data-events-end-early':
    'Data events are only in files that do not cover the whole time of the task. Include the later files of the trail that contains them.',
  'use-not-yet-in-trail':
    'The worker reported a call that the trail does not contain, but it may still be delivered. Include the files of the day after the task.',
  'cannot-map':
    'For some calls that succeeded, the audit cannot decide whether the session policy allows them.',
  'may-have-begun-before':
    'Object transfers completed soon after the access had ended. The trail contains the time at which they completed, not the time at which they were authorized.',
  'unclear-answer': 'Some calls failed with errors that do not show whether they were authorized.',
  'policy-unreadable': 'The audit cannot read a session policy in the evidence.',
} as const;
export type GapRule = keyof typeof GAPS;
