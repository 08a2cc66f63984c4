import { UsageError } from 'taskbound-evidence/command/errors';
import type { Connection } from './connection.ts';

const FRESH_STACK_HINT = ' It is a fresh local stack: name another with --stack or AWS_ENDPOINT_URL.';

/** The error when a stack has no such task or review. */
export const unknownTask = (
  id: string,
  { stackName, embedded }: Pick<Connection, 'stackName' | 'embedded'>,
): UsageError =>
  new UsageError(
    `There is no task ${id} in the stack ${stackName}. See taskbound list.${embedded ? FRESH_STACK_HINT : ''}`,
  );
