import type { PolicyDocument } from 'taskbound-iam/policy';

export interface Subscription {
  /** `email`, `sqs`, `lambda`, … */
  readonly protocol: string;
  readonly endpoint: string;
}

export interface Topic {
  readonly name: string;
  readonly arn: string;
  readonly subscriptions: Subscription[];
  policy?: PolicyDocument;
}

/** The SNS topics of the template. Nothing is ever sent. */
export class Topics {
  readonly #topics = new Map<string, Topic>();

  put(name: string, arn: string): void {
    if (!this.#topics.has(arn)) this.#topics.set(arn, { name, arn, subscriptions: [] });
  }

  /** Adds a subscription, unless it exists. */
  subscribe(arn: string, subscription: Subscription): void {
    const { subscriptions = [] } = this.#topics.get(arn) ?? {};
    const { protocol, endpoint } = subscription;
    if (!subscriptions.some((one) => one.protocol === protocol && one.endpoint === endpoint))
      subscriptions.push(subscription);
  }

  all(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  get(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }
}
