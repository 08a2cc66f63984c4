/**
 * An invariant that a run violated, by its number in docs/invariants.md. 0 is a fault of the simulation
 * itself.
 */
export interface Violation {
  readonly invariant: number;
  readonly message: string;
}

/** Reports a violation. */
export type Say = (invariant: number, message: string) => void;
