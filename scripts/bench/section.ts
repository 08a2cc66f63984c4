/** What every section is given. */
export interface Bench {
  /** The sample app, synthesized. */
  readonly assembly: string;
  /** How often what takes time is measured. */
  readonly runs: number;
  /** How many tasks are submitted at once. */
  readonly tasks: number;
  /** How long the trail is that is audited, in MB of uncompressed JSON. */
  readonly trailMegabytes: number;
}
