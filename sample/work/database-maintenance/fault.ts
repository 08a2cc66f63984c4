import { errorMessage } from 'taskbound-evidence/describe-error';
import { sqlFault } from '../../../core/logins/sql-fault.ts';

/**
 * Describes a failure. Errors of the server are described by their code, because their messages quote data of
 * the database.
 */
export const faultOf = (error: unknown): string => sqlFault(error) ?? errorMessage(error);
