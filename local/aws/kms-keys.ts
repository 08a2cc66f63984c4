import type { PolicyDocument } from '../../core/iam/policy.ts';
import { arnOf } from './place.ts';
import { type Call, AwsError } from './service.ts';

/** Keys that the template declares: enough to authorize their use. The embedded AWS encrypts nothing. */
export class KmsKeys {
  readonly #policies = new Map<string, PolicyDocument>();
  readonly #aliases = new Map<string, string>();

  put(arn: string, policy: PolicyDocument): void {
    this.#policies.set(arn, policy);
  }

  putAlias(name: string, keyArn: string): void {
    this.#aliases.set(name, keyArn);
  }

  /** The ARN of a key given by ARN, id or alias. */
  arn(id: string): string {
    const alias = this.#aliases.get(id.slice(id.indexOf('alias/')));
    return alias ?? (id.startsWith('arn:') ? id : arnOf('kms', `key/${id}`));
  }

  /** The caller must be allowed to use the key through the service, as AWS asks of whoever uses a customer key. */
  authorize(
    call: Call,
    keyId: string,
    actions: readonly string[],
    context: Readonly<Record<string, string>>,
  ): void {
    const resource = this.arn(keyId);
    const resourcePolicy = this.#policies.get(resource);
    if (resourcePolicy === undefined)
      throw new AwsError('InvalidParameterException', `The KMS key ${keyId} is not in the template.`);
    for (const action of actions) call.authorize({ action, resource, resourcePolicy, context });
  }
}
