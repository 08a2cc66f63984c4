import { awaitClosed } from '../run/await-closed.ts';
import { confirm } from '../confirm.ts';
import { explainCaller } from '../../client/caller/caller-error.ts';
import { connect, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { functionUrl } from '../../client/calls/function-url.ts';
import { callEnd } from '../../client/calls/call-end.ts';
import { assertReasonLength } from '../reason-option.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import type { EndCall } from '../../core/approvals/decision.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { personConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { boundaryIdFrom, typeOf } from '../boundary-argument.ts';

export interface RevokeOptions extends ConnectionOptions {
  readonly type?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Ends a task's access now, in any phase, stops its execution, and waits until its boundary is closed. */
export async function revoke(task: string, options: RevokeOptions, io: Io): Promise<number> {
  const reason = assertReason(options.reason);
  const boundaryId = boundaryIdFrom(task, options.type);
  const connection = await connect(options, io);
  try {
    await confirm(`End ${boundaryId} now?`, options, io);
    return await endTask({ task: boundaryId, reason }, options, connection, io);
  } finally {
    await connection.close();
  }
}

/** Ends a task over an open connection. Returns the exit code. */
export async function endTask(
  call: EndCall,
  { json = false }: Pick<RevokeOptions, 'json'>,
  connection: Connection,
  io: Io,
): Promise<number> {
  const { task: boundaryId } = call;
  const config = await personConfig(connection, io, { kind: 'end', type: typeOf(boundaryId) });
  const { person } = await callEnd(functionUrl('end', connection, config), call);
  io.err(`${boundaryId} was ended by ${person}: nothing more is issued to it\n`);
  const row = await awaitEnd(boundaryId, new StackRecords(config, connection.manifest), connection, io);
  const closed = { boundaryId, person, phase: row?.phase ?? 'unknown', proof: row?.proof?.kind ?? null };
  if (json) printJson(io, closed);
  else io.out(`${boundaryId} is ${closed.phase}; proof: ${closed.proof ?? 'none yet'}\n`);
  return closed.phase === 'closed' ? EXIT.done : EXIT.unproven;
}

/** The task has been ended by then, so a state that cannot be read is only reported: the boundary is not proven closed. */
async function awaitEnd(
  boundaryId: string,
  records: StackRecords,
  { clock, stackName }: Connection,
  io: Io,
): Promise<LedgerRow | undefined> {
  try {
    return await awaitClosed(records, boundaryId, { clock, print: io.err });
  } catch (error) {
    io.err(
      `taskbound: the state of ${boundaryId} cannot be read: ${messageOf(explainCaller(error, io.env))}. Its boundary closes without this command; see: taskbound show ${boundaryId} --stack ${stackName}\n`,
    );
    return undefined;
  }
}

function assertReason(reason: string | undefined): string {
  if (reason === undefined)
    throw new UsageError('revoke needs --reason: ending a task early must be explained. Add it.');
  assertReasonLength(reason);
  return reason;
}
