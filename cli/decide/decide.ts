import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { confirm } from '../confirm.ts';
import { connect, type ConnectionOptions } from '../connection/connection.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { renderDecided } from './render-decision.ts';
import { assertReasonLength } from '../reason-option.ts';
import { showSubject } from './show-subject.ts';
import { submitDecision, type Decision } from './submit-decision.ts';
import { boundaryIdFrom } from '../boundary-argument.ts';

export interface DecideOptions extends ConnectionOptions {
  readonly type?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Shows what the decision is about, asks for confirmation, and submits the decision with the digest of exactly what was shown. */
export async function decide(
  decision: Decision,
  task: string,
  options: DecideOptions,
  io: Io,
): Promise<number> {
  assertReason(decision, options.reason);
  const subject = subjectOf(task, options.type);
  const connection = await connect(options, io);
  try {
    const digest = await showSubject(subject, decision, connection, io);
    await confirm(`Do you ${decision} this?`, options, io);
    const decided = await submitDecision(
      { decision, task: subject, reason: options.reason, digest },
      connection,
      io,
    );
    if (options.json === true) printJson(io, decided);
    else io.out(renderDecided(decided));
    return EXIT.done;
  } finally {
    await connection.close();
  }
}

function assertReason(decision: Decision, reason: string | undefined): void {
  if (decision === 'refuse' && reason === undefined)
    throw new UsageError('refuse needs --reason, because a refusal must be explained. Add it.');
  if (reason !== undefined) assertReasonLength(reason);
}

/** The id of a boundary or of its review. */
function subjectOf(task: string, type: string | undefined): string {
  const reviewedId = reviewedBy(task);
  if (reviewedId !== undefined && parseBoundaryId(reviewedId) !== undefined) return task;
  return boundaryIdFrom(task, type);
}
