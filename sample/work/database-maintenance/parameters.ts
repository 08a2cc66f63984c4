import { Parameter } from '../../../lib/index.ts';

/** What a request contains. The work function imports only its type, so its bundle contains no constructs. */
export const maintenanceParameters = { set: Parameter.token(), digest: Parameter.token() };
