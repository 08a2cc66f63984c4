import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { messageOf } from 'taskbound-evidence/command/errors';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { unknownType } from '../../core/requests/request.ts';
import { taskTypeConfig, type TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { ServiceFailure } from '../errors.ts';
import { isAccessDenied, isCredentialError } from '../caller/caller-error.ts';

/** Reads a task type from the deployed stack. Throws `MalformedRequest` if there is no such type. */
export async function readTaskType(type: string, stackName: string, ssm: SSMClient): Promise<TaskTypeConfig> {
  const Name = typeParameterName(stackName, type);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return taskTypeConfig.parse(JSON.parse(Parameter?.Value ?? 'null'));
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') throw unknownType(type, []);
    if (isCredentialError(error) || isAccessDenied(error)) throw error;
    throw new ServiceFailure(
      `The task type ${type} cannot be read from the parameter ${Name}: ${messageOf(error)}. Check the stack and your permissions.`,
    );
  }
}
