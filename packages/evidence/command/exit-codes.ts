/** Exit codes of all commands. Scripts depend on them. */
export const EXIT = {
  /** Done. */
  done: 0,
  /**
   * The task failed or was refused, and its boundary is closed; or the command itself could not do its work.
   */
  failed: 1,
  /** Malformed input or wrong usage: nothing was issued, and nothing remains. */
  usage: 2,
  /** The boundary is not proven closed. */
  unproven: 3,
  /** No fault was found, but the check could not be completed. */
  undetermined: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
