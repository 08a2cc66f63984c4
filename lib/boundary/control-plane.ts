import { Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { denySigningOutsideStack } from '../evidence/evidence-key.ts';
import { ControlFunction } from '../functions/control-function.ts';
import { BoundaryMachine } from '../workflow/boundary-machine.ts';
import { teardownDefinition } from '../workflow/teardown-definition.ts';
import type { ControlVersions } from '../workflow/types.ts';
import type { BoundaryRecords } from './boundary-records.ts';
import { CONTROL_FUNCTIONS, type ControlName } from './control-functions.ts';
import type { ControlContext, ControlRow } from './control-row.ts';
import { keyPermissions } from './encryption.ts';
import type { DeploymentOptions } from './options.ts';
import { readAndWriteRecords } from './record-permissions.ts';
import { retainOnDeploy } from './retain-on-deploy.ts';

export interface ControlPlaneProps {
  readonly records: BoundaryRecords;
  readonly options: DeploymentOptions;
}

/** The functions that open and close boundaries (`control-functions.ts`), and the machine that closes what an execution left open. */
export class ControlPlane extends Construct {
  readonly functions: Readonly<Record<ControlName, ControlFunction>>;
  /** Closes boundaries whose execution ended without its tail. Started by `reconcile` and `end` only. */
  readonly teardown: BoundaryMachine;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    const { records, options } = props;
    this.functions = makeFunctions({
      ...props,
      scope: this,
      proveRevokedRoleArn: Lazy.string({ produce: () => this.functions.proveRevoked.role.roleArn }),
      teardownMachineArn: Lazy.string({ produce: () => this.teardown.stateMachineArn }),
    });
    denySigningOutsideStack(records.evidenceKey, this.functions.closeBoundary.role);
    for (const called of Object.values(this.workflowFunctions)) retainOnDeploy(called, options);
    const { revokeAndRecord, proveRevoked, closeBoundary } = this.functions;
    this.teardown = new BoundaryMachine(this, 'Teardown', {
      name: 'Teardown',
      comment: 'Closes boundaries whose execution ended without closing them.',
      definition: teardownDefinition(this.versions),
      functions: [revokeAndRecord, proveRevoked, closeBoundary],
      options,
    });
  }

  /** The functions that connect to the server of a database login. */
  get loginFunctions(): readonly ControlFunction[] {
    const { issueSecret, revokeAndRecord, proveRevoked, reconcile } = this.functions;
    return [issueSecret, revokeAndRecord, proveRevoked, reconcile];
  }

  /** The functions that a workflow calls. */
  get workflowFunctions(): Readonly<Record<keyof ControlVersions, ControlFunction>> {
    const { admit, issueSecret, issueIdentity, revokeAndRecord, proveRevoked, closeBoundary } =
      this.functions;
    return { admit, issueSecret, issueIdentity, revokeAndRecord, proveRevoked, closeBoundary };
  }

  /** The versions of those functions. */
  get versions(): ControlVersions {
    const versions = Object.entries(this.workflowFunctions).map(([name, called]) => [
      name,
      called.versionArn,
    ]);
    return Object.fromEntries(versions) as ControlVersions;
  }
}

/** Makes a function of each row of the table. */
function makeFunctions(context: ControlContext): Record<ControlName, ControlFunction> {
  const { scope, records, options } = context;
  const environment = {
    STACK: Stack.of(scope).stackName,
    LEDGER_TABLE: records.ledger.tableName,
    EVIDENCE_TABLE: records.evidence.tableName,
  };
  const permissions = [...readAndWriteRecords(records), ...keyPermissions.tables(options.encryptionKey)];
  const rows: readonly [string, ControlRow][] = Object.entries(CONTROL_FUNCTIONS);
  const functions = rows.map(([name, row]) => [
    name,
    new ControlFunction(scope, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
      ...row,
      environment: { ...environment, ...row.environment?.(context) },
      permissions: [...permissions, ...row.permissions(context)],
      options,
    }),
  ]);
  return Object.fromEntries(functions) as Record<ControlName, ControlFunction>;
}
