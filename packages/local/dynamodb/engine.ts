import { EventEmitter } from 'node:events';
import dynalite from 'dynalite';
import { REGION } from '../gateway/account-and-region.ts';
import { AwsError } from '../gateway/service.ts';

/** The part of Node's response object that dynalite uses. */
class Answer {
  statusCode = 200;
  contentType = '';
  readonly #done: (answer: Answer, body: string) => void;

  constructor(done: (answer: Answer, body: string) => void) {
    this.#done = done;
  }

  setHeader(): void {}

  end(body?: string): void {
    this.#done(this, body ?? '');
  }
}

/** dynalite only requires some signature. The gateway has verified the real one. */
const SIGNED =
  'AWS4-HMAC-SHA256 Credential=local/20260101/region/dynamodb/aws4_request, SignedHeaders=host, Signature=checked';

const readFailure = (
  body: string,
): { readonly __type?: string; readonly message?: string; readonly Message?: string } => JSON.parse(body);

/**
 * Runs dynalite's request handler in process, without a socket, so that its work happens during the clock's
 * hold.
 */
export class DynamoEngine {
  readonly #server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  /** Runs one operation. Throws `AwsError` with DynamoDB's own name and message. */
  async run(operation: string, input: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.#send(operation, JSON.stringify(input));
    if (status === 200) return JSON.parse(body) as Record<string, unknown>;
    const { __type = 'InternalServerError', message, Message } = readFailure(body);
    throw new AwsError(__type.split('#').at(-1) ?? __type, message ?? Message ?? '', status);
  }

  /** Creates a table and waits until it is ACTIVE, which takes dynalite one or two turns of the event loop. */
  async createTable(input: { readonly TableName: string }): Promise<void> {
    await this.run('CreateTable', input);
    for (;;) {
      const { Table } = (await this.run('DescribeTable', { TableName: input.TableName })) as {
        Table?: { TableStatus?: string };
      };
      if (Table?.TableStatus === 'ACTIVE') return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #send(operation: string, body: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization: SIGNED,
          host: `dynamodb.${REGION}.amazonaws.com`,
        },
      });
      const answer = new Answer((given, text) => resolve({ status: given.statusCode, body: text }));
      this.#server.emit('request', request, answer);
      request.emit('data', Buffer.from(body));
      request.emit('end');
    });
  }
}
