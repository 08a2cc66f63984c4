import type { ClientConfig } from '../connection/client-config.ts';
import type { Connection } from '../connection/connection.ts';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';

/** Acts as an operator when no person is given. */
export const operatorConfig = (connection: Connection, io: Io): ClientConfig =>
  personConfig(connection, io, 'Operators');
