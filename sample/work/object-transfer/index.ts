import { defineWork } from '../../../lambdas/runtime/index.ts';
import { transferEnvironment } from './environment.ts';
import { transferObject } from './transfer.ts';

/** The work function of the task type `object-transfer`: see transfer.ts for what it does, and in what order. */
const environment = transferEnvironment.parse(process.env);

export const handler = defineWork((task) => transferObject(task, environment));
