import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { submitEnvironment } from '../../core/shared/environment.ts';
import { parseRequest } from '../../core/requests/request.ts';
import { assertWholeCharacters, overHttp, type UrlHandler } from '../control/function/http.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { identifyReservedRoles } from '../control/function/reserved-role.ts';
import { TaskTypes } from '../control/task-types/task-types.ts';
import { submit, type SubmitDependencies } from './submit.ts';

export function submitHandler({
  environment: variables,
  aws,
  clock,
  randomHex,
  print,
}: ControlPorts): UrlHandler {
  const environment = submitEnvironment.parse(variables);
  const deps: SubmitDependencies = {
    ...openRecords({ environment, aws, clock }),
    stack: environment.STACK,
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    print,
    randomHex,
  };
  const identify = identifyReservedRoles(new IAMClient({ ...aws }));
  return overHttp('submit', 'The request', identify, (body, caller) => {
    const request = parseRequest(body);
    assertWholeCharacters('reason', request.reason);
    assertWholeCharacters('emergency', request.emergency);
    return submit(request, caller, deps);
  });
}
