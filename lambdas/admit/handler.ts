import { SSMClient } from '@aws-sdk/client-ssm';
import { admitEnvironment } from '../../core/shared/environment.ts';
import { admitEvent } from '../../core/work/step-events.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { step, type StepHandler } from '../control/function/step.ts';
import { TaskTypes } from '../control/task-types/task-types.ts';
import { admit, type AdmitDependencies } from './admit.ts';

export function admitHandler({ environment: variables, aws, clock }: ControlPorts): StepHandler {
  const environment = admitEnvironment.parse(variables);
  const deps: AdmitDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    clock,
  };
  return step('admit', admitEvent, (event) => admit(event, deps));
}
