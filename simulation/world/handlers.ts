import { EventEmitter } from 'node:events';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import type { Clock } from 'taskbound-time/clock';
import { admitHandler } from '../../lambdas/admit/handler.ts';
import type { AwsConfig } from '../../lambdas/control/function/aws-config.ts';
import { closeBoundaryHandler } from '../../lambdas/close-boundary/handler.ts';
import type { LoginPorts } from '../../lambdas/control/logins/login-ports.ts';
import { decideHandler } from '../../lambdas/decide/handler.ts';
import { endHandler } from '../../lambdas/end/handler.ts';
import { issueIdentityHandler } from '../../lambdas/issue-identity/handler.ts';
import { issueSecretHandler } from '../../lambdas/issue-secret/handler.ts';
import { proveRevokedHandler } from '../../lambdas/prove-revoked/handler.ts';
import { reconcileHandler } from '../../lambdas/reconcile/handler.ts';
import { revokeAndRecordHandler } from '../../lambdas/revoke-and-record/handler.ts';
import { defineWork, type ParameterSpecs, type Work } from '../../lambdas/runtime/index.ts';
import type { WorkPorts } from '../../lambdas/runtime/ports.ts';
import { submitHandler } from '../../lambdas/submit/handler.ts';
import { submitScheduledHandler } from '../../lambdas/submit-scheduled/handler.ts';
import { maintenanceEnvironment } from '../../sample/work/database-maintenance/environment.ts';
import { maintain } from '../../sample/work/database-maintenance/maintain.ts';
import type { maintenanceParameters } from '../../sample/work/database-maintenance/parameters.ts';
import { transferEnvironment } from '../../sample/work/object-transfer/environment.ts';
import type { transferParameters } from '../../sample/work/object-transfer/parameters.ts';
import { transferObject } from '../../sample/work/object-transfer/transfer.ts';
import type { SimulatedLoginServer } from '../logins/simulated-login-server.ts';
import { withoutEndpointRules } from './transport.ts';

type InvocationContext = Pick<Context, 'awsRequestId' | 'invokedFunctionArn' | 'getRemainingTimeInMillis'>;
export type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/** The dependencies of a function in the simulation. */
export interface FunctionPorts {
  readonly environment: Readonly<Record<string, string>>;
  readonly aws: AwsConfig;
  readonly awsOnce: AwsConfig;
  readonly clock: Clock;
  readonly loginServer: SimulatedLoginServer;
  readonly randomHex: (bytes: number) => string;
  readonly print: (line: string) => void;
}

const CONTROL: Readonly<
  Record<string, (ports: LoginPorts) => (event: never, context: never) => Promise<unknown>>
> = {
  Submit: submitHandler,
  Decide: decideHandler,
  End: endHandler,
  SubmitScheduled: submitScheduledHandler,
  Admit: admitHandler,
  IssueSecret: issueSecretHandler,
  IssueIdentity: issueIdentityHandler,
  RevokeAndRecord: revokeAndRecordHandler,
  ProveRevoked: proveRevokedHandler,
  CloseBoundary: closeBoundaryHandler,
  Reconcile: reconcileHandler,
};

const WORK = 'Work';
const MAINTENANCE_WORK = 'MaintenanceWork';
const WORKS: Readonly<Record<string, (ports: FunctionPorts) => Handler>> = {
  [WORK]: (ports) => {
    const transfer = transferEnvironment.parse(ports.environment);
    return workHandler<typeof transferParameters>((task) => transferObject(task, transfer), ports);
  },
  [MAINTENANCE_WORK]: (ports) => {
    const maintenance = maintenanceEnvironment.parse(ports.environment);
    const { withLogin } = ports.loginServer;
    return workHandler<typeof maintenanceParameters>((task) => maintain(task, maintenance, withLogin), ports);
  },
};

/** Whether the function is a work function, which is not part of the control plane. */
export const isWork = (name: string): boolean => name in WORKS;

/**
 * `Taskbound-BoundaryControlIssueIdentityFunction4F…` -> `IssueIdentity`; the work functions are `Work` and
 * `MaintenanceWork`.
 */
export function shortName(physicalId: string): string {
  const control = /BoundaryControl([A-Za-z]+?)Function/.exec(physicalId)?.[1];
  if (control !== undefined && control in CONTROL) return control;
  if (/ObjectTransferWorkFunction/.test(physicalId)) return WORK;
  if (/DatabaseMaintenanceWorkFunction/.test(physicalId)) return MAINTENANCE_WORK;
  throw new RangeError(`The simulation has no handler for the function ${physicalId}.`);
}

/** The real handler, made as on Lambda but with the dependencies of the simulation. */
export function makeHandler(name: string, ports: FunctionPorts): Handler {
  const work = WORKS[name];
  if (work !== undefined) return work(ports);
  const make = CONTROL[name];
  if (make === undefined) throw new RangeError(`The simulation has no handler for ${name}.`);
  const { aws, awsOnce } = ports;
  return make({
    ...ports,
    aws: withoutEndpointRules(aws),
    awsOnce: withoutEndpointRules(awsOnce),
  }) as Handler;
}

function workHandler<Declared extends ParameterSpecs>(
  work: Work<Declared>,
  { aws, clock }: FunctionPorts,
): Handler {
  const ports: WorkPorts = {
    clock,
    environment: { AWS_REGION: 'eu-central-1' },
    ownSecrets: new SecretsManagerClient({ ...aws }),
    aws,
    output: silence(),
    events: new EventEmitter(),
  };
  return defineWork(work, ports);
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
