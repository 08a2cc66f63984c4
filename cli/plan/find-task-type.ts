import { SSMClient } from '@aws-sdk/client-ssm';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { unknownType } from '../../core/requests/request.ts';
import { taskTypeConfig, type TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { openAssembly } from '../connection/assembly.ts';
import { connect, type ConnectionOptions } from '../connection/connection.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { targetOf } from '../connection/target.ts';
import { readTaskType } from '../../client/stack/task-type.ts';

/**
 * Reads a task type from the deployed stack. If none is named, reads it from the synthesized template, which needs no AWS: a plan acts on
 * nothing, so it needs no target. Throws `MalformedRequest` if there is no such type.
 */
export function findTaskType(type: string, options: ConnectionOptions, io: Io): Promise<TaskTypeConfig> {
  const target = targetOf(options, io.env);
  const isDeployed = options.assembly === undefined && (target === 'endpoint' || target === 'account');
  return isDeployed ? fromStack(type, options, io) : fromAssembly(type, options, io);
}

async function fromAssembly(type: string, options: ConnectionOptions, io: Io): Promise<TaskTypeConfig> {
  const assembly = await openAssembly(options.assembly, io);
  try {
    const { resolveAssembly } = await import('taskbound-local/template/resolve-assembly');
    const { isOfBoundary, refusedAsUsage } = await import('../connection/stack-of-app.ts');
    const wanted = { needs: isOfBoundary, ...omitUndefined({ stackName: options.stack }) };
    const loaded = await resolveAssembly(assembly.directory, wanted).catch(refusedAsUsage);
    const { stackName, resources } = loaded.chosen;
    return taskTypeIn(type, stackName, resources);
  } finally {
    await assembly.discard();
  }
}

interface Resource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

function taskTypeIn(type: string, stackName: string, resources: readonly Resource[]): TaskTypeConfig {
  const prefix = typeParameterName(stackName, '');
  const types = new Map(
    resources
      .filter(
        (resource) =>
          resource.type === 'AWS::SSM::Parameter' && String(resource.properties['Name']).startsWith(prefix),
      )
      .map(({ properties }) => [
        String(properties['Name']).slice(prefix.length),
        String(properties['Value']),
      ]),
  );
  const value = types.get(type);
  if (value === undefined) throw unknownType(type, [...types.keys()].sort());
  return taskTypeConfig.parse(JSON.parse(value));
}

async function fromStack(type: string, options: ConnectionOptions, io: Io): Promise<TaskTypeConfig> {
  const connection = await connect(options, io);
  try {
    const config = await personConfig(connection, io, { kind: 'read', type });
    return await readTaskType(type, connection.stackName, new SSMClient({ ...config }));
  } finally {
    await connection.close();
  }
}
