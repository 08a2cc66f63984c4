import { type InvokeAsOptions, createInvokeAs } from '../../lambda/invoke-as.ts';
import type { InvokeLambda } from './machine.ts';

/** Invokes Lambda for executions, with the machine's role, in a session named after the execution. */
export function invokeFunction(options: InvokeAsOptions): InvokeLambda {
  const invokeAs = createInvokeAs(options);
  return async ({ functionName, payload, roleArn, executionArn }) => {
    const sessionName = executionArn.split(':').at(-1)?.slice(0, 64) ?? 'states';
    const { Payload, ExecutedVersion } = await invokeAs({
      functionArn: functionName,
      payload,
      roleArn,
      sessionName: sessionName.padEnd(2, '-'),
    });
    return { payload: Payload, executedVersion: ExecutedVersion };
  };
}
