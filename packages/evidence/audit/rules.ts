/**
 * Everything that an audit can find, by the fixed names that results have, each with what it says to people. A violation contradicts the
 * boundary or its evidence; a gap is something without which nobody can tell.
 */
export const VIOLATIONS = {
  'evidence-changed':
    'The evidence does not verify: it was changed, or it was not signed with the given key.',
  'evidence-contradictory':
    'The evidence contradicts itself: a session policy does not have the digest beside it.',
  'outside-and-allowed': 'A call outside the session policy was answered.',
  'after-end-and-allowed':
    'A call was answered after the access had ended: after the proof, or after the deadline.',
  'key-never-issued': "A key that was never issued was used under the task's name.",
  'issuance-not-in-evidence': "A session was made in the task's name of which the evidence says nothing.",
  'issued-twice': 'One key stands in more than one AssumeRole.',
  'policy-differs': 'A session was made with another policy than the evidence has, or with none.',
  'names-differ':
    'A session was made with another role, session name or source identity than the evidence has.',
  'issuer-differs': 'Sessions and the session secret of the task were not all made by one role.',
  'second-reader':
    "The session secret was read by somebody who is neither the work function's role nor the proof's.",
  'session-secret-read-again': 'The work function read one session more than once, long after it had begun.',
  'session-secret-read-after-end':
    'The session secret was read after the access had been proven to be gone, and not to prove it again.',
  'jit-secret-foreign-reader': "A secret of the task was read by somebody who is not the task's session.",
  'secret-changed-by-other':
    'A secret of the task was made by two roles, changed by one that had not made it, or made or changed in a way that no task needs.',
  'secret-policy-removed': 'The resource policy of a secret of the task was removed.',
  'secret-policy-replaced': 'The resource policy of a secret of the task was replaced.',
  'deny-lifted-early': "The deny on the task's sessions was lifted before the deadline.",
  'deny-replaced': "The deny on the task's sessions was replaced by another policy.",
  'role-boundary-changed':
    'The permissions boundary of the task role was removed or replaced between the request and the end of the access.',
  'role-trust-changed':
    'The trust policy of the task role was changed between the request and the end of the access.',
  'role-policy-changed':
    'A policy was put on the task role, or taken from it, between the request and the end of the access.',
  'role-replaced': 'The task role was made or deleted between the request and the end of the access.',
  'ceiling-changed':
    "A ceiling of the task's stack was given other words between the request and the end of the access.",
  'use-not-in-trail': 'The worker says that it made a call, and the trail does not have it.',
  'unreported-use':
    'A call of the task was answered that the worker did not report, though it says that it reported all.',
} as const;
export type ViolationRule = keyof typeof VIOLATIONS;

export const GAPS = {
  'key-not-pinned':
    'No key was given to check the signature with. Give the key of the account that you trust, with --key.',
  unsigned: 'The evidence is not signed, so a cut-off end would not show.',
  'not-closed': 'The boundary is not closed yet: the evidence has no end.',
  'evidence-unreadable': 'The evidence has events whose form this audit does not know.',
  'readers-not-recorded': 'The evidence does not say who may read the session secret.',
  'digests-absent':
    'The trail has no digest files, so files and records that were left out would not show. Take the folder CloudTrail-Digest as well.',
  'digest-missing': 'Digest files are missing between others.',
  'digest-invalid': 'Digest files do not have the form that CloudTrail writes.',
  'trail-changed': 'The trail was changed after CloudTrail had delivered it, so it proves nothing.',
  'trail-key-unknown':
    'Digest files are signed with keys that were not given. Give the list for the time and region of the trail.',
  'log-file-missing': 'Log files are missing that the digests name.',
  'log-file-unlisted': 'Records of the task stand in files that no digest names.',
  'starts-late': 'The trail begins after the task was asked for.',
  'ends-early': 'The trail ends before all records of the task can have been delivered.',
  'place-unknown': 'The evidence does not say in which account and region the task was.',
  'trail-reconfigured': 'A trail was stopped, or what it logs was changed, in the time of the task.',
  'no-management-events':
    'No trail that covers the whole time of the task shows management events. Log them, or take the files of the trail that has them.',
  'issuance-missing':
    'The trail does not have the AssumeRole of a session of the task, so management events are missing.',
  'secret-creation-missing':
    'The trail does not have the creation of a secret of the task, so management events are missing.',
  'session-read-missing': "The trail does not have the work function's reading of a session that was used.",
  'deny-missing':
    'The trail does not have the deny that the evidence speaks of. IAM is recorded in one region: take its files as well.',
  'no-data-events':
    'The trail shows no data events of a service that the task may use. Log them: without them nobody sees what was done.',
  'data-events-end-early':
    'Data events were seen only in files that do not cover the whole time of the task. Take the later files of the trail that has them.',
  'use-not-yet-in-trail':
    'The worker says that it made a call that the trail does not have, and it may still come. Take the files of the day after the task.',
  'cannot-map': 'Calls were answered of which nobody can say here whether the session policy allows them.',
  'may-have-begun-before':
    'Transfers of objects were answered soon after the access had ended: the trail has when they were over, not when they were let in.',
  'unclear-answer': 'Calls failed in a way that does not tell whether they would have been let in.',
  'policy-unreadable': 'A session policy of the evidence cannot be read here.',
} as const;
export type GapRule = keyof typeof GAPS;
