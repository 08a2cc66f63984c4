import { SSMClient } from '@aws-sdk/client-ssm';
import { admitEnvironment } from '../../core/environment.ts';
import { admitEvent } from '../../core/steps.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { step, type StepHandler } from '../control/step.ts';
import { TaskTypes } from '../control/task-types.ts';
import { admit, type AdmitDependencies } from './admit.ts';

export function admitHandler({ environment: variables, aws, clock }: ControlPorts): StepHandler {
  const environment = admitEnvironment.parse(variables);
  const on: AdmitDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    clock,
  };
  return step('admit', admitEvent, (event) => admit(event, on));
}
