import { defineWork } from '../../../lambdas/runtime/index.ts';
import { caseEnvironment } from './environment.ts';
import { respond } from './respond.ts';

/** The work function of the task type `case-response`: respond.ts describes its effects. */
const environment = caseEnvironment.parse(process.env);

export const handler = defineWork((task) => respond(task, environment));
