import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { isAccessDenied, isCredentialError } from '../../client/caller/caller-error.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { ServiceFailure } from '../../client/errors.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';

/** A stack's outputs by name. */
type StackOutputs = Readonly<Record<string, string>>;

/** Throws `UsageError` when there is no such stack, `ServiceFailure` when the call fails. */
export async function readOutputs(config: ClientConfig, stackName: string): Promise<StackOutputs> {
  const client = new CloudFormationClient({ ...config });
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) {
      throw new UsageError(
        `There is no stack ${JSON.stringify(stackName)} here. Name a deployed stack with --stack, and check account and region.`,
      );
    }
    if (isCredentialError(error) || isAccessDenied(error)) throw error;
    throw new ServiceFailure(
      `The stack ${stackName} cannot be looked up${config.endpoint ? ` at ${config.endpoint}` : ''}: ${messageOf(error)}. Check the region, the endpoint and the network.`,
    );
  } finally {
    client.destroy();
  }
}

/** The outputs, or none if the caller may not read them or there is no such stack: then a role is found in another way, or not at all. */
export const outputsOrNone = (config: ClientConfig, stackName: string): Promise<StackOutputs> =>
  readOutputs(config, stackName).catch((error: unknown) => {
    if (error instanceof UsageError || isAccessDenied(error)) return {};
    throw error;
  });
