import { lambdaPorts, type ControlPorts } from '../function/ports.ts';
import type { LoginServer } from './login-server.ts';
import { pgLoginServer } from './pg-login-server.ts';

/** What the functions stand on that have to do with logins. The others need no database's client in their bundles. */
export interface LoginPorts extends ControlPorts {
  /** Makes and ends the logins of databases. */
  readonly loginServer: LoginServer;
}

/** Lambda's. */
export const lambdaLoginPorts: LoginPorts = { ...lambdaPorts, loginServer: pgLoginServer };
