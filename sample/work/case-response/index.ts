import { defineWork } from '../../../lambdas/runtime/index.ts';
import { caseEnvironment } from './environment.ts';
import type { caseParameters } from './parameters.ts';
import { respond } from './respond.ts';

/** The work function of the task type `case-response`: respond.ts describes its effects. */
const environment = caseEnvironment.parse(process.env);

export const handler = defineWork<typeof caseParameters>((task) => respond(task, environment));
