import { defineWork } from '../../../lambdas/runtime/index.ts';
import { caseEnvironment } from './environment.ts';
import { respond } from './respond.ts';

/** The work function of the task type `case-response`: see respond.ts for what it does, and in what order. */
const environment = caseEnvironment.parse(process.env);

export const handler = defineWork((task) => respond(task, environment));
