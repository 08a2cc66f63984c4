/** Exit codes of all commands; scripts rely on them. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** The task failed or was refused, and its boundary is closed; or the command itself could not do its work. */
  failed: 1,
  /** Malformed input or wrong usage: nothing was issued, nothing is left behind. */
  usage: 2,
  /** The boundary is not proven closed. */
  unproven: 3,
  /** Nothing is wrong as far as can be seen, and it cannot be told. */
  undetermined: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
