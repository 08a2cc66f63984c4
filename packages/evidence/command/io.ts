/** The parts of the process that a command uses. Tests pass their own. */
export interface CommandIo {
  /** Results. With `--json`, exactly one JSON document. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /**
   * Waits until `out` has written everything. Returns the error if it could not be written. Absent if `out`
   * cannot fail.
   */
  outFailure?(): Promise<Error | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Real time in milliseconds since 1970, used for progress. */
  readonly clock: { nowMs(): number };
  /** The folder that relative paths are relative to. */
  readonly cwd: string;
}
