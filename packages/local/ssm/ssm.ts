import * as z from 'zod';
import { arnOf } from '../gateway/account-and-region.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly putMs: number;
}

/**
 * The ARN of `/a/b` or `b`:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
export const parameterArn = (name: string): string =>
  arnOf('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`);

const GetParameterInput = z.strictObject({
  Name: z.string().min(1).max(2048),
  WithDecryption: z.boolean().optional(),
});

export const describeParameter = ({ name, value, putMs }: Parameter) => ({
  Name: name,
  Type: 'String',
  Value: value,
  Version: 1,
  LastModifiedDate: putMs / 1000,
  ARN: parameterArn(name),
  DataType: 'text',
});

/** Parameter Store: GetParameter for the template's `String` parameters. */
export class Ssm extends JsonService {
  readonly #parameters = new Map<string, Parameter>();

  constructor() {
    super('ssm', '1.1', {
      GetParameter: operation(GetParameterInput, ({ Name }, call) => this.#get(Name, call)),
    });
  }

  putParameter(name: string, value: string, atMs: number): void {
    this.#parameters.set(name, { name, value, putMs: atMs });
  }

  all(): readonly Parameter[] {
    return [...this.#parameters.values()];
  }

  /** The value, without authorization. */
  value(name: string): string | undefined {
    return this.#parameters.get(name)?.value;
  }

  #get(id: string, call: Call): object {
    const name = id.startsWith('arn:') ? this.#nameOf(id) : id;
    const ARN = parameterArn(name);
    call.record({ requestParameters: { name: id }, resources: [{ ARN }] });
    call.authorize({ action: 'ssm:GetParameter', resource: ARN });
    const parameter = this.#parameters.get(name);
    if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
    return { Parameter: describeParameter(parameter) };
  }

  #nameOf(arn: string): string {
    return [...this.#parameters.keys()].find((name) => parameterArn(name) === arn) ?? arn;
  }
}
