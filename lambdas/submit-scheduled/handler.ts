import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describeError } from 'taskbound-evidence/describe-error';
import { submitScheduledEnvironment } from '../../core/shared/environment.ts';
import { log } from '../control/function/log.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskTypes } from '../control/task-types/task-types.ts';
import { readRun } from './read-run.ts';
import { submitRun } from './submit-run.ts';

export function submitScheduledHandler({
  environment: variables,
  aws,
  clock,
  randomHex,
  print,
}: ControlPorts): (event: unknown) => Promise<unknown> {
  const environment = submitScheduledEnvironment.parse(variables);
  const deps = {
    ...openRecords({ environment, aws, clock }),
    stack: environment.STACK,
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    randomHex,
    print,
  };
  return async (event) => {
    let boundaryId: string | null = null;
    try {
      const run = readRun(event);
      boundaryId = run.boundaryId;
      const task = await submitRun(run, deps);
      log('info', 'submit-scheduled done', { boundaryId, created: task?.created ?? false });
      return task ?? null;
    } catch (error) {
      const message = describeError(error);
      log('error', 'submit-scheduled failed', { boundaryId, error: message });
      throw error;
    }
  };
}
