import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, expect } from 'vitest';
import { SIGNED_HEAD_SEQ } from 'taskbound-evidence/chain/evidence';
import { parseEvent, type EventFault } from 'taskbound-evidence/events/parse-events';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import type { ObservedCall } from 'taskbound-local/gateway/intercept';

const unreadable: EventFault[] = [];

/** Every event that a function of a stack writes must match its schema. Otherwise the current test fails. */
afterEach(() => expect(unreadable.splice(0), 'events that do not match their schema').toEqual([]));

/** Checks each event that a role puts into the evidence table. Events that a test puts as the account's owner are not checked. */
export function checkWrittenEvents(aws: EmbeddedAws, evidenceTable: string): void {
  aws.observe = (call) => {
    const item = call.error === undefined ? itemPut(call) : undefined;
    if (item?.table !== evidenceTable || item.fields['seq'] === SIGNED_HEAD_SEQ) return;
    // An attribute of the item that is not part of the event.
    const { lookup: _lookup, ...event } = item.fields;
    const parsed = parseEvent(event);
    if ('fault' in parsed) unreadable.push(parsed.fault);
  };
}

function itemPut({ operation, caller, request }: ObservedCall) {
  if (operation !== 'PutItem' || caller.roleName === undefined) return undefined;
  const {
    TableName,
    Item,
  }: { readonly TableName?: string; readonly Item?: Parameters<typeof unmarshall>[0] } = JSON.parse(
    Buffer.from(request.body).toString('utf8'),
  );
  return { table: TableName, fields: unmarshall(Item ?? {}) };
}
