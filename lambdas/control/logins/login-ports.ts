import { lambdaPorts, type ControlPorts } from '../function/ports.ts';
import type { LoginServer } from './login-server.ts';
import { pgLoginServer } from './pg-login-server.ts';

/** The ports of functions that manage logins. Other functions have no database client in their bundles. */
export interface LoginPorts extends ControlPorts {
  /** Makes and ends the logins of databases. */
  readonly loginServer: LoginServer;
}

/** Lambda's. */
export const lambdaLoginPorts: LoginPorts = { ...lambdaPorts, loginServer: pgLoginServer };
