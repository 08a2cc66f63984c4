import * as z from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A record of the trail, named so that it can be found again. */
const recordRef = z.strictObject({
  eventId: z.string(),
  /** To the second, as CloudTrail writes it. */
  at: z.string(),
  /** `s3:GetObject`, or `s3.amazonaws.com:SomeCall` where no IAM action is known. */
  action: z.string(),
  resource: z.string(),
  accessKeyId: z.string().nullable(),
  /** CloudTrail's error code, `unknown error` when it has another form; null for a call that was answered. */
  error: z.string().nullable(),
  /** The file it stands in, relative to the trail's folder or bucket. */
  file: z.string(),
});
export type RecordRef = z.infer<typeof recordRef>;

/** One thing that breaks the boundary, and the records that show it. */
const violation = z.strictObject({
  /** A fixed name: `outside-and-allowed`, `after-end-and-allowed`, `second-reader`, ... */
  rule: z.string(),
  says: z.string(),
  records: z.array(recordRef),
});
export type Violation = z.infer<typeof violation>;

/** One thing without which nobody can tell. */
const gap = z.strictObject({ rule: z.string(), says: z.string() });
export type Gap = z.infer<typeof gap>;

/**
 * What `taskbound audit --json` prints, and `report --audit` reads. `enforced`: no violation and no gap. `violated`: at least one violation,
 * whatever is missing. `undetermined`: none was seen, but something that would show one is missing.
 */
const form = z.strictObject({
  version: z.literal(1),
  boundaryId: z.string(),
  /** Of the last event that was audited: binds the verdict to one chain. */
  headHash: hash,
  verdict: z.enum(['enforced', 'violated', 'undetermined']),
  violations: z.array(violation),
  gaps: z.array(gap),
  /** Every call of the task in the trail, by what `core/` decides for its time. */
  calls: z.strictObject({
    insideAllowed: z.int(),
    /** Inside the session policy and refused all the same: by the deny while teardown ran, a resource's own policy, or the ceiling. */
    insideRefused: z.int(),
    /** Inside, and answered with an error that is no refusal. */
    insideFailed: z.int(),
    /** Outside, and refused or not carried out for another reason. */
    outsideRefused: z.int(),
    outsideAllowed: z.int(),
    afterRefused: z.int(),
    afterAllowed: z.int(),
    /** Nobody can tell. Answered, it is a gap; refused without parameters in its record, it is none. */
    undecided: z.int(),
  }),
  /** Refused attempts outside the policy, in the order of their times; the first hundred. */
  attempts: z.array(recordRef),
  trail: z.strictObject({
    files: z.int(),
    records: z.int(),
    bytes: z.int(),
    /** What the digest chain covers; null without one. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** `broken`: a file is not what the digests say. That files are missing is a gap of its own. */
    digests: z.enum(['verified', 'absent', 'broken']),
    /** Of the digest files, by the keys that were given; without keys only their hashes hold them together. */
    signatures: z.enum(['verified', 'not-checked', 'broken']),
  }),
});
export type AuditResult = z.infer<typeof form>;

/** The verdict that follows from what was found. */
export const verdictOf = ({
  violations,
  gaps,
}: Pick<AuditResult, 'violations' | 'gaps'>): AuditResult['verdict'] =>
  violations.length > 0 ? 'violated' : gaps.length > 0 ? 'undetermined' : 'enforced';

/** What in the figures keeps a boundary from being called enforced, or undefined. */
function notEnforced({ calls, trail }: AuditResult): string | undefined {
  const bad = (['outsideAllowed', 'afterAllowed'] as const).find((name) => calls[name] !== 0);
  if (bad !== undefined) return `calls.${bad} is ${calls[bad]}`;
  if (trail.digests !== 'verified') return `trail.digests is ${trail.digests}`;
  return trail.signatures === 'broken' ? 'trail.signatures is broken' : undefined;
}

/** A result in its form whose verdict follows from the rest of it: a file may come from anywhere, and nothing signs it. */
export const auditResult = form.check(({ value, issues }) => {
  const expected = verdictOf(value);
  const because =
    value.verdict !== expected
      ? `${value.violations.length} violations and ${value.gaps.length} gaps make it ${expected}`
      : value.verdict === 'enforced'
        ? notEnforced(value)
        : undefined;
  if (because !== undefined)
    issues.push({
      code: 'custom',
      path: ['verdict'],
      input: value.verdict,
      message: `is ${value.verdict}, but ${because}`,
    });
});
