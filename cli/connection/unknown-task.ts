import { UsageError } from 'taskbound-evidence/command/errors';
import type { Connection } from './connection.ts';

/** The error when a stack has no such task or review. */
export const unknownTask = (id: string, { stackName }: Pick<Connection, 'stackName'>): UsageError =>
  new UsageError(
    `There is no task ${id} in the stack ${stackName}. See taskbound list --stack ${stackName}.`,
  );
