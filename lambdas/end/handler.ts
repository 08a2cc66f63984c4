import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseEnd } from '../../core/decision.ts';
import { endEnvironment } from '../../core/environment.ts';
import { demandWholeCharacters, overHttp, type UrlHandler } from '../control/http.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { TaskTypes } from '../control/task-types.ts';
import { end, type EndDependencies } from './end.ts';

export function endHandler({ environment: variables, aws, clock }: ControlPorts): UrlHandler {
  const environment = endEnvironment.parse(variables);
  const on: EndDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    teardownMachineArn: environment.TEARDOWN_MACHINE_ARN,
  };
  return overHttp('end', 'The call', (body, caller) => {
    const call = parseEnd(body);
    demandWholeCharacters('reason', call.reason);
    return end(call, caller, on);
  });
}
