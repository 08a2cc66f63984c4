import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseDecision } from '../../core/decision.ts';
import { decideEnvironment } from '../../core/environment.ts';
import { demandWholeCharacters, overHttp, type UrlHandler } from '../control/http.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { TaskTypes } from '../control/task-types.ts';
import { decide } from './decide.ts';
import type { DecideDependencies } from './deps.ts';

export function decideHandler({ environment: variables, aws, clock, print }: ControlPorts): UrlHandler {
  const environment = decideEnvironment.parse(variables);
  const on: DecideDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    print,
  };
  return overHttp('decide', 'The decision', (body, caller) => {
    const call = parseDecision(body);
    demandWholeCharacters('reason', call.reason);
    return decide(call, caller, on);
  });
}
