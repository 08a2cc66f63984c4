import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { taskTypeConfig, type TaskTypeConfig } from '../../../core/task-types/task-type.ts';

/** Reads task types as they are deployed now. Never cached: a deploy must count in the next check. */
export class TaskTypes {
  readonly #client: SSMClient;
  readonly #stack: string;
  constructor(client: SSMClient, stack: string) {
    this.#client = client;
    this.#stack = stack;
  }

  /** The type's configuration; undefined when the stack does not have the type. */
  async find(type: string): Promise<TaskTypeConfig | undefined> {
    try {
      const { Parameter } = await this.#client.send(
        new GetParameterCommand({ Name: typeParameterName(this.#stack, type) }),
      );
      return taskTypeConfig.parse(JSON.parse(Parameter?.Value ?? 'null'));
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }
}
