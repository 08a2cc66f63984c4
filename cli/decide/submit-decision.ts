import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Connection } from '../connection/connection.ts';
import { functionUrl } from '../../client/calls/function-url.ts';
import { personConfig } from '../connection/person-config.ts';
import { typeOf } from '../boundary-argument.ts';
import type { Io } from '../io.ts';
import { callDecide, type Decided } from '../../client/calls/call-decide.ts';

export type Decision = 'approve' | 'refuse';

/** Submits one decision as the person whom the connection acts as. */
export async function submitDecision(
  made: {
    readonly decision: Decision;
    readonly task: string;
    readonly reason: string | undefined;
    readonly digest: string | undefined;
  },
  connection: Connection,
  io: Io,
): Promise<Decided> {
  const { decision, task, reason, digest } = made;
  const config = await personConfig(connection, io, { kind: 'decide', type: typeOf(task) });
  return callDecide(functionUrl('decide', connection, config), {
    decision,
    task,
    ...omitUndefined({ grantDigest: digest, reason }),
  });
}
