/** One promise that a run broke, by its number in docs/performance.md's list of invariants; 0 is the simulation's own. */
export interface Violation {
  readonly invariant: number;
  readonly message: string;
}

/** Reports a broken promise. */
export type Say = (invariant: number, message: string) => void;
