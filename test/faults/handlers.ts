import { EventEmitter } from 'node:events';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import type { Clock } from '../../core/clock.ts';
import { admitHandler } from '../../lambdas/admit/handler.ts';
import type { AwsConfig } from '../../lambdas/aws-config.ts';
import { closeBoundaryHandler } from '../../lambdas/close-boundary/handler.ts';
import type { LoginPorts } from '../../lambdas/control/login-ports.ts';
import type { LoginServer } from '../../lambdas/control/postgres/login-server.ts';
import { issueIdentityHandler } from '../../lambdas/issue-identity/handler.ts';
import { issueSecretHandler } from '../../lambdas/issue-secret/handler.ts';
import { proveRevokedHandler } from '../../lambdas/prove-revoked/handler.ts';
import { reconcileHandler } from '../../lambdas/reconcile/handler.ts';
import { revokeAndRecordHandler } from '../../lambdas/revoke-and-record/handler.ts';
import { defineWork } from '../../lambdas/runtime/index.ts';
import type { WorkPorts } from '../../lambdas/runtime/ports.ts';
import { submitHandler } from '../../lambdas/submit/handler.ts';
import { submitScheduledHandler } from '../../lambdas/submit-scheduled/handler.ts';
import { transferEnvironment } from '../../lambdas/work/object-transfer/environment.ts';
import { transferObject } from '../../lambdas/work/object-transfer/transfer.ts';

import { withoutEndpointRules } from './transport.ts';

type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;
export type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/** What a function of the simulation stands on. */
export interface FunctionPorts {
  readonly environment: Readonly<Record<string, string>>;
  readonly aws: AwsConfig;
  readonly awsOnce: AwsConfig;
  readonly clock: Clock;
  readonly loginServer: LoginServer;
  readonly randomHex: (bytes: number) => string;
  readonly print: (line: string) => void;
}

const CONTROL: Readonly<
  Record<string, (ports: LoginPorts) => (event: never, context: never) => Promise<unknown>>
> = {
  Submit: submitHandler,
  SubmitScheduled: submitScheduledHandler,
  Admit: admitHandler,
  IssueSecret: issueSecretHandler,
  IssueIdentity: issueIdentityHandler,
  RevokeAndRecord: revokeAndRecordHandler,
  ProveRevoked: proveRevokedHandler,
  CloseBoundary: closeBoundaryHandler,
  Reconcile: reconcileHandler,
};

export const WORK = 'Work';
/** No schedule submits such a task yet. */
const MAINTENANCE_WORK = 'DatabaseMaintenanceWork';

/** `Taskbound-BoundaryControlIssueIdentityFunction4F…` -> `IssueIdentity`; the work function of `object-transfer` -> `Work`. */
export function shortName(physicalId: string): string {
  const control = /BoundaryControl([A-Za-z]+?)Function/.exec(physicalId)?.[1];
  if (control !== undefined && control in CONTROL) return control;
  if (/ObjectTransferWorkFunction/.test(physicalId)) return WORK;
  if (/DatabaseMaintenanceWorkFunction/.test(physicalId)) return MAINTENANCE_WORK;
  throw new RangeError(`The simulation has no handler for the function ${physicalId}.`);
}

/** The real handler, as its file makes it on Lambda, on the ports of a simulation. */
export function makeHandler(name: string, ports: FunctionPorts): Handler {
  if (name === WORK) return workHandler(ports);
  const make = CONTROL[name];
  if (make === undefined) throw new RangeError(`The simulation has no handler for ${name}.`);
  const { aws, awsOnce } = ports;
  return make({
    ...ports,
    aws: withoutEndpointRules(aws),
    awsOnce: withoutEndpointRules(awsOnce),
  }) as Handler;
}

function workHandler({ environment, aws, clock }: FunctionPorts): Handler {
  const transfer = transferEnvironment.parse(environment);
  const ports: WorkPorts = {
    clock,
    environment: { AWS_REGION: 'eu-central-1' },
    ownSecrets: new SecretsManagerClient({ ...aws }),
    aws,
    output: silence(),
    events: new EventEmitter(),
  };
  return defineWork((task) => transferObject(task, transfer), ports);
}

function silence(): WorkPorts['output'] {
  const print = (): void => undefined;
  const stream = { write: () => true };
  return {
    console: {
      assert: print,
      debug: print,
      dir: print,
      error: print,
      info: print,
      log: print,
      table: print,
      trace: print,
      warn: print,
    },
    stdout: stream,
    stderr: { ...stream },
  };
}
