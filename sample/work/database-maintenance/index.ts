import { defineWork } from '../../../lambdas/runtime/index.ts';
import { maintenanceEnvironment } from './environment.ts';
import type { maintenanceParameters } from './parameters.ts';
import { maintain } from './maintain.ts';

/** The work function of the task type `database-maintenance`: maintain.ts describes its effects. */
const environment = maintenanceEnvironment.parse(process.env);

export const handler = defineWork<typeof maintenanceParameters>((task) => maintain(task, environment));
