/** An invariant that a run violated, with its number in docs/invariants.md. Number 0 is an error of the simulation itself. */
export interface Violation {
  readonly invariant: number;
  readonly message: string;
}

/** Reports a violation. */
export type ReportViolation = (invariant: number, message: string) => void;
