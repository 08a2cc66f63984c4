import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import * as z from 'zod';
import { manifest, manifestName, type Manifest } from '../../core/manifest/manifest.ts';
import { ServiceFailure } from '../errors.ts';
import { isAccessDenied, isCredentialError, notPermitted } from '../caller/caller-error.ts';
import type { ClientConfig } from '../caller/client-config.ts';

/**
 * Reads what a client must know about a stack. Throws `UsageError` when there is no such stack, `NotPermitted` when the caller may not read
 * it, `ServiceFailure` when the call fails or the manifest cannot be read.
 */
export async function readManifest(config: ClientConfig, stackName: string): Promise<Manifest> {
  const ssm = new SSMClient({ ...config });
  const Name = manifestName(stackName);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return parseManifest(Parameter?.Value ?? '', Name);
  } catch (error) {
    throw explained(error, { Name, stackName, config });
  } finally {
    ssm.destroy();
  }
}

/** Throws `ServiceFailure` for a text that is not a manifest. */
export function parseManifest(text: string, name: string): Manifest {
  const parsed = manifest.safeParse(jsonOrUndefined(text));
  if (parsed.success) return parsed.data;
  throw new ServiceFailure(
    `The SSM parameter ${name} is not a manifest that this version reads: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}. Use the version of taskbound with which the stack was deployed, or deploy the stack with this one.`,
  );
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Lookup {
  readonly Name: string;
  readonly stackName: string;
  readonly config: ClientConfig;
}

function explained(error: unknown, { Name, stackName, config }: Lookup): unknown {
  if (!(error instanceof Error) || error instanceof ServiceFailure || isCredentialError(error)) return error;
  const where = config.endpoint === undefined ? '' : ` at ${config.endpoint}`;
  if (error.name === 'ParameterNotFound')
    return new UsageError(
      `There is no stack ${JSON.stringify(stackName)} of Taskbound here: the SSM parameter ${Name} does not exist${where}. Check the stack's name, the account and the region. A stack without a TaskBoundary has none, and one that was deployed with an older version must be deployed again.`,
    );
  if (isAccessDenied(error))
    return notPermitted(
      error,
      `ssm:GetParameter on the manifest of the stack, ${Name}, which every grant contains (grantSubmit, grantDecide, grantEnd or grantRead of a task type, grantRead or grantDrain of the boundary)`,
    );
  return new ServiceFailure(
    `The manifest of the stack ${stackName} (SSM parameter ${Name}) cannot be read${where}: ${messageOf(error)}. Check the region, the endpoint and the network.`,
  );
}
