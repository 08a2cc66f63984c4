import type { PolicyDocument } from 'taskbound-iam/policy';
import type { Changes } from '../state/changes.ts';

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  /** Such as `ERROR_CODE`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly atMs: number;
}

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly messages: QueueMessage[];
  policy?: PolicyDocument;
}

/** SQS queues that only receive messages. Only tests read them. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #changes: Changes | undefined;

  constructor(changes?: Changes) {
    this.#changes = changes;
  }

  send({ arn, messages }: Queue, message: QueueMessage): void {
    messages.push(message);
    this.#changes?.note(['message', arn, message.messageId], () => message);
  }

  /** Adds a queue. A queue that exists keeps its messages. */
  put(queue: Pick<Queue, 'name' | 'arn' | 'url'>): void {
    if (!this.#queues.has(queue.arn)) this.#queues.set(queue.arn, { ...queue, messages: [] });
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** Finds a queue by ARN, URL or name. */
  get(id: string): Queue | undefined {
    return this.#queues.get(id) ?? this.all().find(({ name, url }) => name === id || url === id);
  }

  /** Replaces the messages of existing queues. */
  restore(messages: Readonly<Record<string, readonly QueueMessage[]>>): void {
    for (const [arn, stored] of Object.entries(messages))
      this.#queues.get(arn)?.messages.splice(0, Number.POSITIVE_INFINITY, ...stored);
  }
}
