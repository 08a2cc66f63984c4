import { findTaskType } from './find-task-type.ts';
import type { ConnectionOptions } from '../connection/connection.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { makePlan } from './make-plan.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { renderPlan } from './render-plan.ts';
import { readPlannedRequestFile } from '../run/read-request-file.ts';
import { REASON_EXAMPLE } from '../../core/requests/request.ts';

export interface PlanOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** Shows the grant that a request's task would get. Issues and starts nothing. */
export async function plan(requestPath: string, options: PlanOptions, io: Io): Promise<number> {
  const request = await readPlannedRequestFile(requestPath, io.cwd);
  const config = await findTaskType(request.type, options, io);
  const made = makePlan(request, config, io.clock.nowMs());
  if (options.json === true) printJson(io, made);
  else io.out(renderPlan(made, config));
  if (request.reason === undefined)
    io.err(`The request has no field reason, and run needs one: add it, such as ${REASON_EXAMPLE}.\n`);
  return EXIT.done;
}
