import { Duration } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acceptFinding } from '../../lib/functions/accepted-findings.ts';
import {
  Approval,
  BoundedTask,
  JitSecret,
  MaintenanceWindow,
  Tool,
  Work,
  type ITaskBoundary,
} from '../../lib/index.ts';
import { maintenanceParameters } from '../work/database-maintenance/parameters.ts';

interface MaintenanceProps {
  readonly boundary: ITaskBoundary;
  /** Contains the maintenance sets. The key of each contains the hash of its content. */
  readonly sets: s3.Bucket;
  /** A user who may create logins on the server: see `JitSecret.postgres`. */
  readonly admin: secretsmanager.Secret;
  readonly work: Work;
}

/** The work function. Declared before the boundary, so that a single esbuild call builds all functions. */
export const maintenanceWork = (sets: s3.Bucket): Work =>
  Work.entry(new URL('../work/database-maintenance/index.ts', import.meta.url), {
    timeout: Duration.seconds(60),
    environment: { MAINTENANCE_BUCKET: sets.bucketName },
  });

/** Runs a named maintenance set on a database: approved by two people, in a window, with a login that is created for the task. */
export const maintenanceTask = (
  scope: Construct,
  { boundary, sets, admin, work }: MaintenanceProps,
): BoundedTask =>
  new BoundedTask(scope, 'DatabaseMaintenance', {
    boundary,
    type: 'database-maintenance',
    parameters: maintenanceParameters,
    // The key contains the hash of the content, so the set that runs is the set that the approvers saw.
    tools: { readSet: Tool.allow('s3:GetObject').on(sets.arnForObjects('{set}/{digest}.json')) },
    secrets: {
      database: JitSecret.postgres({
        admin,
        database: 'demo',
        owner: 'shop_owner',
        rights: [
          { on: 'database', privileges: ['CONNECT'] },
          { on: 'schema', schema: 'shop', privileges: ['USAGE'] },
          { on: 'allTables', schema: 'shop', privileges: ['MAINTAIN'] },
        ],
        // Only the owner of a table may alter it, as a migration does.
        memberOf: ['shop_owner'],
      }),
    },
    work,
    stateTimeout: Duration.seconds(75),
    lease: Duration.seconds(120),
    approval: Approval.required({ quorum: 2, expiresAfter: Duration.hours(24) }),
    window: MaintenanceWindow.required(),
    emergency: true,
  });

/** The deployment does not set its value. After the deployment, put the address of a server and the password of its admin there. */
export function adminSecret(scope: Construct, id: string): secretsmanager.Secret {
  const secret = new secretsmanager.Secret(scope, id, {
    description:
      'JSON in the form of RDS (engine, host, port, username, password): a server and a user who may make logins for tasks. TLS is checked (sslmode verify-full) unless it says otherwise; ca is the PEM of an authority that is not public.',
  });
  acceptFinding(secret, 'SMG4', 'The server is not part of the sample; its operator rotates the password.');
  return secret;
}
