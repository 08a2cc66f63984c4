import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseEnd } from '../../core/approvals/decision.ts';
import { endEnvironment } from '../../core/shared/environment.ts';
import { assertWholeCharacters, overHttp, type UrlHandler } from '../control/function/http.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { identifyReservedRoles } from '../control/function/reserved-role.ts';
import { TaskTypes } from '../control/task-types/task-types.ts';
import { end, type EndDependencies } from './end.ts';

export function endHandler({ environment: variables, aws, clock }: ControlPorts): UrlHandler {
  const environment = endEnvironment.parse(variables);
  const deps: EndDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    teardownMachineArn: environment.TEARDOWN_MACHINE_ARN,
  };
  const identify = identifyReservedRoles(new IAMClient({ ...aws }));
  return overHttp('end', 'The call', identify, (body, caller) => {
    const call = parseEnd(body);
    assertWholeCharacters('reason', call.reason);
    return end(call, caller, deps);
  });
}
