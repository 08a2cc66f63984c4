import type { ClientConfig, Connection } from '../connection.ts';
import { assumed } from '../credentials.ts';
import type { Io } from '../io.ts';
import { outputOf } from '../stack-outputs.ts';

/** Who drains: a session of the role `Operators` where there are no people (an embedded AWS), otherwise the caller. */
export const operatorConfig = ({ config, outputs, clock, asRequester }: Connection, io: Io): ClientConfig =>
  asRequester ? assumed(config, clock, outputOf(outputs, 'Operators'), io.userName) : config;
