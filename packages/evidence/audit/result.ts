import * as z from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Identifies a record of the trail, so that a reader can find it. */
const recordRef = z.strictObject({
  eventId: z.string(),
  /** In whole seconds, as CloudTrail writes it. */
  at: z.string(),
  /** `s3:GetObject`, or `s3.amazonaws.com:SomeCall` if the IAM action is not known. */
  action: z.string(),
  resource: z.string(),
  accessKeyId: z.string().nullable(),
  /**
   * CloudTrail's error code, or `unknown error` if it has another form. Null for a call that was answered.
   */
  error: z.string().nullable(),
  /** The file that contains it, relative to the trail's folder or bucket. */
  file: z.string(),
});
export type RecordRef = z.infer<typeof recordRef>;

/** A violation of the boundary, and the records that show it. */
const violation = z.strictObject({
  /** A fixed name: `outside-and-allowed`, `after-end-and-allowed`, `second-reader`, ... */
  rule: z.string(),
  says: z.string(),
  records: z.array(recordRef),
});
export type Violation = z.infer<typeof violation>;

/** Something that is missing or unclear, and without which the audit cannot decide. */
const gap = z.strictObject({ rule: z.string(), says: z.string() });
export type Gap = z.infer<typeof gap>;

/**
 * What `taskbound audit --json` prints, and `report --audit` reads. `enforced`: no violation and no gap.
 * `violated`: at least one violation, with or without gaps. `undetermined`: no violation, but at least one
 * gap, which may hide one.
 */
const resultSchema = z.strictObject({
  version: z.literal(1),
  boundaryId: z.string(),
  /** The hash of the last audited event. It binds the verdict to one chain. */
  headHash: hash,
  verdict: z.enum(['enforced', 'violated', 'undetermined']),
  violations: z.array(violation),
  gaps: z.array(gap),
  /**
   * Counts of all calls of the task in the trail, by the decision of the session policy at the time of the
   * call.
   */
  calls: z.strictObject({
    insideAllowed: z.int(),
    /**
     * Inside the session policy, but refused: by the deny policy during teardown, by a resource policy, or by
     * the ceiling.
     */
    insideRefused: z.int(),
    /** Inside, and answered with an error other than a refusal. */
    insideFailed: z.int(),
    /** Outside, and refused, or not carried out for another reason. */
    outsideRefused: z.int(),
    outsideAllowed: z.int(),
    afterRefused: z.int(),
    afterAllowed: z.int(),
    /**
     * Calls that cannot be decided. An answered call is a gap. A refused call whose record has no parameters
     * is not.
     */
    undecided: z.int(),
  }),
  /** The first 100 refused attempts outside the policy, ordered by time. */
  attempts: z.array(recordRef),
  trail: z.strictObject({
    files: z.int(),
    records: z.int(),
    bytes: z.int(),
    /** The time that the digest chain covers. Null if there is no chain. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** `broken`: a file does not match the digests. Missing files are reported as a gap of their own. */
    digests: z.enum(['verified', 'absent', 'broken']),
    /**
     * Signatures of the digest files, checked with the given keys. Without keys, only their hashes are
     * checked.
     */
    signatures: z.enum(['verified', 'not-checked', 'broken']),
  }),
});
export type AuditResult = z.infer<typeof resultSchema>;

/** The verdict that follows from what was found. */
export const verdictOf = ({
  violations,
  gaps,
}: Pick<AuditResult, 'violations' | 'gaps'>): AuditResult['verdict'] =>
  violations.length > 0 ? 'violated' : gaps.length > 0 ? 'undetermined' : 'enforced';

/** The first figure that contradicts the verdict `enforced`, or undefined. */
function reasonNotEnforced({ calls, trail }: AuditResult): string | undefined {
  const bad = (['outsideAllowed', 'afterAllowed'] as const).find((name) => calls[name] !== 0);
  if (bad !== undefined) return `calls.${bad} is ${calls[bad]}`;
  if (trail.digests !== 'verified') return `trail.digests is ${trail.digests}`;
  return trail.signatures === 'broken' ? 'trail.signatures is broken' : undefined;
}

/**
 * The schema of a result, including that the verdict follows from its content: a result is not signed, and
 * may come from any source.
 */
export const auditResult = resultSchema.check(({ value, issues }) => {
  const expected = verdictOf(value);
  const because =
    value.verdict !== expected
      ? `${value.violations.length} violations and ${value.gaps.length} gaps make it ${expected}`
      : value.verdict === 'enforced'
        ? reasonNotEnforced(value)
        : undefined;
  if (because !== undefined)
    issues.push({
      code: 'custom',
      path: ['verdict'],
      input: value.verdict,
      message: `is ${value.verdict}, but ${because}`,
    });
});
