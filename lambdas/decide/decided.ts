/** The result of a decision about a task or a review. */
export interface Decided {
  readonly boundaryId: string;
  readonly decision: 'approve' | 'refuse';
  readonly person: string;
  /** A task's phase, or the state of a review. */
  readonly phase: string;
  /** How many people approved it so far, and how many must; null for a review. */
  readonly approvals: number | null;
  readonly quorum: number | null;
}
