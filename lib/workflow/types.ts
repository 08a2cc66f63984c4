/** ARNs of the control functions' published versions. */
export interface ControlVersions {
  readonly admit: string;
  readonly issueSecret: string;
  readonly issueIdentity: string;
  readonly revokeAndRecord: string;
  readonly proveRevoked: string;
  readonly closeBoundary: string;
}

/** What the workflow of a task type is made from. */
export interface TaskWorkflow {
  readonly type: string;
  /** Names of the JIT secrets, in the order in which they are issued. */
  readonly secrets: readonly string[];
  readonly functions: ControlVersions;
  /** Whether its tasks have a window to wait for. */
  readonly hasWindow: boolean;
  /** What RunWork calls. Admit and IssueIdentity are told it as well: nothing is issued for a version that was not asked for. */
  readonly workVersionArn: string;
  /** How long a state waits for its function: longer than the function may run. */
  readonly controlTimeoutSeconds: number;
  readonly proofTimeoutSeconds: number;
  readonly workTimeoutSeconds: number;
}
