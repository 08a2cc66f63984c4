import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DeclarationError } from '../../core/shared/errors.ts';

/** Which tasks of a type share an execution environment of the work function. @default - a task can get the environment of an earlier one */
export interface Isolation {
  readonly kind: 'perTask';
}

export const Isolation = {
  /**
   * No two tasks share an execution environment: Lambda keeps the environments of each boundary apart, with their memory and `/tmp`. Each
   * task starts with a cold start, and the number of tasks a minute is bounded:
   * https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html
   */
  perTask: (): Isolation => ({ kind: 'perTask' }),
} as const;

/** The tenancy of a type's work function. Throws `DeclarationError` for a CDK that does not know it. */
export function tenancyOf(
  type: string,
  isolation: Isolation | undefined,
  // Not a named import: aws-cdk-lib has it since 2.226.0, and could not be imported at all before.
  { TenancyConfig }: Partial<Pick<typeof lambda, 'TenancyConfig'>> = lambda,
): lambda.TenancyConfig | undefined {
  if (isolation === undefined) return undefined;
  if (TenancyConfig !== undefined) return TenancyConfig.PER_TENANT;
  throw new DeclarationError(
    `Task type ${type} has Isolation.perTask(), which needs aws-cdk-lib 2.226.0 or later; this one cannot declare tenant isolation. Update aws-cdk-lib, or remove isolation.`,
  );
}
