/** What a command that reads evidence has of the process it runs in. Tests give their own. */
export interface CommandIo {
  /** Results. With `--json`, exactly one JSON document. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Real time, in milliseconds since 1970: for progress. */
  readonly clock: { nowMs(): number };
  /** What relative paths are relative to. */
  readonly cwd: string;
}
