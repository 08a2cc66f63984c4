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
  Parameter,
  Tool,
  Work,
  type TaskBoundary,
} from '../../lib/index.ts';

interface MaintenanceProps {
  readonly boundary: TaskBoundary;
  /** Holds the sets, each under its own hash. */
  readonly sets: s3.Bucket;
  /** A user who may make logins on the server: see `JitSecret.postgres`. */
  readonly admin: secretsmanager.Secret;
  readonly work: Work;
}

/** What the maintenance runs. Declared before the boundary, so that one esbuild call builds all. */
export const maintenanceWork = (sets: s3.Bucket): Work =>
  Work.entry(new URL('../work/database-maintenance/index.ts', import.meta.url), {
    timeout: Duration.seconds(60),
    environment: { MAINTENANCE_BUCKET: sets.bucketName },
  });

/** Runs a named set of maintenance on a database, approved by two, in its window, with a login that is made for the task. */
export const maintenanceTask = (
  scope: Construct,
  { boundary, sets, admin, work }: MaintenanceProps,
): BoundedTask =>
  new BoundedTask(scope, 'DatabaseMaintenance', {
    boundary,
    type: 'database-maintenance',
    parameters: { set: Parameter.token(), digest: Parameter.token() },
    // The key holds the content's own hash, so that what an approver saw is what runs.
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
        // A migration alters tables, which only their owner may.
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

/** Made without the value that is needed: whoever deploys puts the address of a server and the password of its admin. */
export function adminSecret(scope: Construct, id: string): secretsmanager.Secret {
  const secret = new secretsmanager.Secret(scope, id, {
    description:
      'JSON in the form of RDS (engine, host, port, username, password): a server and a user who may make logins for tasks. TLS is checked (sslmode verify-full) unless it says otherwise; ca is the PEM of an authority that is not public.',
  });
  acceptFinding(secret, 'SMG4', 'The server is not part of the sample; who runs it rotates its password.');
  return secret;
}
