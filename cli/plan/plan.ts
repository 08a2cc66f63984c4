import { findTaskType } from './find-task-type.ts';
import type { ConnectionOptions } from '../connection/connection.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { makePlan } from './make-plan.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { renderPlan } from './render-plan.ts';
import { readRequestFile } from '../run/read-request-file.ts';

export interface PlanOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** Shows the grant that a request's task would get. Issues and starts nothing. */
export async function plan(requestPath: string, options: PlanOptions, io: Io): Promise<number> {
  const request = await readRequestFile(requestPath, io.cwd);
  const config = await findTaskType(request.type, options, io);
  const made = makePlan(request, config, io.clock.nowMs());
  if (options.json === true) printJson(io, made);
  else io.out(renderPlan(made, config.secrets));
  return EXIT.done;
}
