import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseDecision } from '../../core/approvals/decision.ts';
import { decideEnvironment } from '../../core/shared/environment.ts';
import { assertWholeCharacters, overHttp, type UrlHandler } from '../control/function/http.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { identifyReservedRoles } from '../control/function/reserved-role.ts';
import { TaskTypes } from '../control/task-types/task-types.ts';
import { decide } from './decide.ts';
import type { DecideDependencies } from './deps.ts';

export function decideHandler({ environment: variables, aws, clock, print }: ControlPorts): UrlHandler {
  const environment = decideEnvironment.parse(variables);
  const deps: DecideDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    print,
  };
  const identify = identifyReservedRoles(new IAMClient({ ...aws }));
  return overHttp('decide', 'The decision', identify, (body, caller) => {
    const call = parseDecision(body);
    assertWholeCharacters('reason', call.reason);
    return decide(call, caller, deps);
  });
}
