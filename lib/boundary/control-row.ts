import type { Construct } from 'constructs';
import type { ControlFunctionProps } from '../functions/control-function.ts';
import type { Permission } from '../functions/permission.ts';
import type { BoundaryRecords } from './boundary-records.ts';
import type { DeploymentOptions } from './options.ts';

/** What the rows of the table refer to. */
export interface ControlContext {
  readonly scope: Construct;
  readonly records: BoundaryRecords;
  readonly options: DeploymentOptions;
  /** Tokens of constructs that are created after the row which refers to them. */
  readonly proveRevokedRoleArn: string;
  readonly teardownMachineArn: string;
}

export type Environment = Readonly<Record<string, string>>;

export interface ControlRow extends Pick<ControlFunctionProps, 'stem' | 'description' | 'timeout'> {
  /** In addition to the stack and its two tables. @default - nothing */
  readonly environment?: (context: ControlContext) => Environment;
  /** In addition to reading and writing the records. */
  readonly permissions: (context: ControlContext) => readonly Permission[];
}
