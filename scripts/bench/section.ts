/** The input of every section. */
export interface Bench {
  /** The folder of the synthesized sample app. */
  readonly assembly: string;
  /** How often each time is measured. */
  readonly runs: number;
  /** How many tasks are submitted at once. */
  readonly tasks: number;
  /** The size of the audited trail, in MB of uncompressed JSON. */
  readonly trailMegabytes: number;
  /** A commit whose code is measured as well, where a section supports it. */
  readonly against?: string;
}
