import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DeclarationError } from '../../core/shared/errors.ts';
import type { Isolation } from './isolation.ts';

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
