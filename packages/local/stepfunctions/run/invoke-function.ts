import { omitUndefined } from '../../helpers/omit-undefined.ts';
import { createInvokeAs, createSdkInvokeAs, type InvokeAsOptions } from '../../lambda/invoke-as.ts';
import type { InvokeLambda, LambdaCall } from './machine.ts';

/** Invokes Lambda for executions, with the machine's role, in a session named after the execution. */
export function invokeFunction(options: InvokeAsOptions): InvokeLambda {
  const [invokeAs, sdkInvokeAs] = [createInvokeAs(options), createSdkInvokeAs(options)];
  return async (call) => {
    if (call.isSdkCall !== true) {
      const { Payload, ExecutedVersion } = await invokeAs(requestOf(call));
      return { payload: Payload, executedVersion: ExecutedVersion };
    }
    const { Payload, ExecutedVersion, FunctionError } = await sdkInvokeAs(requestOf(call));
    return {
      payload: Payload,
      executedVersion: ExecutedVersion,
      ...omitUndefined({ functionError: FunctionError }),
    };
  };
}

function requestOf({ functionName, payload, roleArn, executionArn, tenantId }: LambdaCall) {
  const sessionName = executionArn.split(':').at(-1)?.slice(0, 64) ?? 'states';
  return {
    functionArn: functionName,
    payload,
    roleArn,
    sessionName: sessionName.padEnd(2, '-'),
    ...omitUndefined({ tenantId }),
  };
}
