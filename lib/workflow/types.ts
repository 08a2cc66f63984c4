/** ARNs of the control functions' published versions. */
export interface ControlVersions {
  readonly admit: string;
  readonly issueSecret: string;
  readonly issueIdentity: string;
  readonly revokeAndRecord: string;
  readonly proveRevoked: string;
  readonly closeBoundary: string;
}

/** What the workflow of a task type is made of. */
export interface TaskWorkflow {
  readonly type: string;
  /** Names of the JIT secrets, in the order in which they are issued. */
  readonly secrets: readonly string[];
  readonly functions: ControlVersions;
  /** Whether its tasks may have to wait for a window. */
  readonly hasWindow: boolean;
  /** What RunWork calls. Admit and IssueIdentity receive it as well: nothing is issued for a version that was not requested. */
  readonly workVersionArn: string;
  /** How long RunWork waits for it: longer than the function may run. */
  readonly workTimeoutSeconds: number;
  /** Whether RunWork names the boundary as Lambda's tenant. */
  readonly isIsolated: boolean;
}
