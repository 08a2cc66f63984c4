import { errorMessage } from 'taskbound-evidence/describe-error';
import { sqlFault } from '../../../core/logins/sql-fault.ts';

/** What may be said of a failure: a server's by its code, since its words quote what stands in the database; others' are not the server's. */
export const faultOf = (error: unknown): string => sqlFault(error) ?? errorMessage(error);
