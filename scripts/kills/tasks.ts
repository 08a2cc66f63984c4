import { connect, type Connection } from '../../cli/connection/connection.ts';
import { functionUrl } from '../../client/calls/function-url.ts';
import { personConfig } from '../../cli/connection/person-config.ts';
import { stackKey } from '../../cli/connection/stack-key.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import type { Io } from '../../cli/io.ts';
import { submitRequest } from '../../client/calls/submit-request.ts';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { SystemClock } from 'taskbound-local/clock/system-clock';

export const clock = new SystemClock();

const ioWith = (env: Io['env']): Io => ({
  out: () => undefined,
  err: () => undefined,
  env,
  cwd: process.cwd(),
  userName: 'ann',
  clock,
  ask: async () => undefined,
  synthesize: async () => undefined,
  untilInterrupted: async () => undefined,
});

/** A client of `taskbound local`, over HTTP like any other. */
export interface Client {
  readonly connection: Connection;
  readonly records: StackRecords;
  submit(taskId: string): Promise<void>;
}

export async function clientOf(env: Io['env']): Promise<Client> {
  const io = ioWith(env);
  const connection = await connect({}, io);
  const config = await personConfig(connection, io, { kind: 'submit', type: 'object-transfer' });
  return {
    connection,
    records: new StackRecords(config, connection.manifest),
    submit: async (taskId) => {
      const parameters = { sourceKey: 'exports/2026-11-23.csv', destinationKey: `in/${taskId}.csv` };
      const request = { type: 'object-transfer', taskId, reason: 'a kill under way', parameters };
      await submitRequest(functionUrl('submit', connection, config), request);
    },
  };
}

export const boundaryOf = (taskId: string): string => `object-transfer.${taskId}`;

export type Phase = string | undefined;

export const phaseOf = async ({ records }: Client, taskId: string): Promise<Phase> =>
  (await records.row(boundaryOf(taskId)))?.phase;

/** The signed evidence of a closed task as text. Throws when it is not valid. */
export async function evidenceOf({ records, connection }: Client, taskId: string): Promise<string> {
  const boundaryId = boundaryOf(taskId);
  const { events, signed } = await records.evidence(boundaryId);
  const bundle = makeBundle(boundaryId, events, signed);
  const { fault } = verifyBundle(bundle, await stackKey(connection.config, connection.manifest));
  if (fault !== null) throw new Error(`The evidence of ${taskId} does not hold: ${fault}`);
  return JSON.stringify(bundle);
}
