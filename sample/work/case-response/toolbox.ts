import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Task } from '../../../lambdas/runtime/index.ts';
import type { Answer, ToolCall } from './assistant.ts';
import type { CaseEnvironment } from './environment.ts';

type SomeTask = Pick<Task, 'client' | 'signal' | 'boundaryId'>;

/** The assistant's tools. Every call is sent with the task's own session. */
export class Toolbox {
  readonly #task: SomeTask;
  readonly #tables: CaseEnvironment;
  readonly #items: DynamoDBDocumentClient;

  constructor(task: SomeTask, tables: CaseEnvironment) {
    this.#task = task;
    this.#tables = tables;
    this.#items = DynamoDBDocumentClient.from(task.client(DynamoDBClient));
  }

  /** Returns an AWS error as an answer. Throws only if the task's signal was aborted. */
  async call(call: ToolCall): Promise<Answer> {
    try {
      return { value: await this.#send(call) };
    } catch (error) {
      this.#task.signal.throwIfAborted();
      return { error: error instanceof Error ? error.name : 'UnknownError' };
    }
  }

  async #send(call: ToolCall): Promise<unknown> {
    const { CASES_TABLE, REPLIES_TABLE } = this.#tables;
    const abort = { abortSignal: this.#task.signal };
    switch (call.tool) {
      case 'readCase': {
        const get = new GetCommand({
          TableName: CASES_TABLE,
          Key: { caseId: call.caseId },
          ConsistentRead: true,
        });
        return (await this.#items.send(get, abort)).Item ?? null;
      }
      case 'listCases':
        return (await this.#items.send(new ScanCommand({ TableName: CASES_TABLE }), abort)).Items;
      case 'writeReply':
        return this.#put(REPLIES_TABLE, call);
      case 'writeItem':
        return this.#put(call.table, call);
      case 'deleteCase':
        return this.#items.send(
          new DeleteCommand({ TableName: CASES_TABLE, Key: { caseId: call.caseId } }),
          abort,
        );
      case 'assumeRole': {
        const assume = new AssumeRoleCommand({ RoleArn: call.roleArn, RoleSessionName: 'assistant' });
        return this.#task.client(STSClient).send(assume, abort);
      }
      case 'readSecret':
        return this.#task
          .client(SecretsManagerClient)
          .send(new GetSecretValueCommand({ SecretId: call.secretId }), abort);
    }
  }

  /** Writes the item of a case if it does not exist yet. IAM has no condition key for this, so the code must prevent overwriting. */
  #put(
    table: string,
    { caseId, text }: { readonly caseId: string; readonly text: string },
  ): Promise<unknown> {
    const put = new PutCommand({
      TableName: table,
      Item: { caseId, text, boundaryId: this.#task.boundaryId },
      ConditionExpression: 'attribute_not_exists(caseId)',
    });
    return this.#items.send(put, { abortSignal: this.#task.signal });
  }
}
