import { awaitClosed } from '../run/await-closed.ts';
import { confirm } from '../confirm.ts';
import { connect, type ConnectionOptions } from '../connection/connection.ts';
import { callEnd } from './call-end.ts';
import { assertReasonLength } from '../reason-option.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { StackRecords } from '../connection/stack-records.ts';
import { outputOf } from '../connection/stack-outputs.ts';
import { boundaryIdFrom } from '../boundary-argument.ts';

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
    const config = personConfig(connection, io, 'Requesters');
    const at = { url: outputOf(connection.outputs, 'EndUrl'), config, clock: connection.clock };
    const ended = await callEnd(at, { task: boundaryId, reason });
    io.err(`${boundaryId} was ended by ${ended.person}: nothing more is issued to it\n`);
    const records = new StackRecords(config, connection.outputs);
    const row = await awaitClosed(records, boundaryId, { clock: connection.clock, print: io.err });
    const closed = {
      boundaryId,
      person: ended.person,
      phase: row?.phase ?? 'unknown',
      proof: row?.proof?.kind ?? null,
    };
    if (options.json === true) printJson(io, closed);
    else io.out(`${boundaryId} is ${closed.phase}; proof: ${closed.proof ?? 'none yet'}\n`);
    return closed.phase === 'closed' ? EXIT.done : EXIT.unproven;
  } finally {
    await connection.close();
  }
}

function assertReason(reason: string | undefined): string {
  if (reason === undefined)
    throw new UsageError('revoke needs --reason: ending a task early must be explained. Add it.');
  assertReasonLength(reason);
  return reason;
}
