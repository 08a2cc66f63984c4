import { defineWork } from '../../../lambdas/runtime/index.ts';
import { transferEnvironment } from './environment.ts';
import type { transferParameters } from './parameters.ts';
import { transferObject } from './transfer.ts';

/** The work function of the task type `object-transfer`: transfer.ts describes its effects. */
const environment = transferEnvironment.parse(process.env);

export const handler = defineWork<typeof transferParameters>((task) => transferObject(task, environment));
