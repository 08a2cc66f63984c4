import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Connection } from '../connection/connection.ts';
import { personConfig } from '../connection/person-config.ts';
import { outputOf } from '../connection/stack-outputs.ts';
import type { Io } from '../io.ts';
import { callDecide, type Decided } from './call-decide.ts';

export type Decision = 'approve' | 'refuse';

/** Submits one decision as the person whom the connection acts as. */
export function submitDecision(
  made: {
    readonly decision: Decision;
    readonly task: string;
    readonly reason: string | undefined;
    readonly digest: string | undefined;
  },
  connection: Connection,
  io: Io,
): Promise<Decided> {
  const config = personConfig(connection, io, 'Approvers');
  const at = { url: outputOf(connection.outputs, 'DecideUrl'), config, clock: connection.clock };
  const { decision, task, reason, digest } = made;
  return callDecide(at, {
    decision,
    task,
    ...omitUndefined({ grantDigest: digest, reason }),
  });
}
