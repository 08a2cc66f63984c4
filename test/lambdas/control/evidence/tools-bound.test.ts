import { describe, expect, test } from 'vitest';
import { chainEvent, type ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventDraft } from 'taskbound-evidence/events/event';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import type { LeaseRecord } from '../../../../core/ledger/lease-record.ts';
import { TOOL_USES, TOOLS_BYTES, type ToolsUsed } from '../../../../core/work/work.ts';
import type { EvidenceLog } from '../../../../lambdas/control/evidence/evidence-log.ts';
import { recordPreviousRun } from '../../../../lambdas/issue-identity/previous-run.ts';
import { workOutcomeOf } from '../../../../lambdas/revoke-and-record/work-outcome.ts';
import { ToolLog } from '../../../../lambdas/runtime/uses/tool-log.ts';
import { rowOf } from '../../../fixtures/row.ts';

/** A work function need not use the runtime, so the report of its calls is limited at every place that receives it. */

const row = rowOf({ phase: 'open' });

/** The outcome of work that returns this report with its result. */
const outcomeOf = (tools: ToolsUsed) =>
  workOutcomeOf({ status: 'returned', payload: { done: true, result: 1, tools } }, row, 0);

/** The evidence of work that returns this report with a checkpoint. */
async function evidenceOfCheckpoint(tools: ToolsUsed): Promise<ChainedEvent['data'][]> {
  const written: ChainedEvent[] = [];
  const evidence = {
    append: async (boundaryId: string, drafted: (before: ChainedEvent[]) => EventDraft) =>
      void written.push(chainEvent(boundaryId, undefined, drafted([]), 0)),
  } as unknown as EvidenceLog;
  const { boundaryId, executionArn } = row;
  const event = { boundaryId, executionArn, workVersion: 'w:1', after: 'v', checkpoint: 1, tools };
  await recordPreviousRun(row, { number: 1 } as LeaseRecord, event, evidence);
  expect(parseEvents(written).faults).toEqual([]);
  return written.map(({ data }) => data);
}

/** These tests have no session policy, so no use has a tool. */
const inEvidence = ({ uses, ...rest }: ToolsUsed) =>
  expect.objectContaining({
    tools: { word: 'worker', uses: uses.map((use) => ({ tool: null, ...use })), ...rest },
  });

const bytesOf = (tools: ToolsUsed): number => Buffer.byteLength(JSON.stringify(tools));

/** A report of the given size. The filling is in a field that has no other limit. */
function reportOfSize(bytes: number, where: 'digest' | 'resource'): ToolsUsed {
  const use = { action: 's3:GetObject', resource: '', requestId: 'r', outcome: 'ok' };
  const empty = { uses: [use], count: 1, digest: '' };
  // Each character has two bytes, because the limit is in bytes.
  const wide = 'é'.repeat(Math.floor((bytes - bytesOf(empty)) / 2));
  const filling = wide.padEnd(bytes - bytesOf(empty) - wide.length, 'x');
  return where === 'digest'
    ? { ...empty, digest: filling }
    : { ...empty, uses: [{ ...use, resource: filling }] };
}

describe.each(['digest', 'resource'] as const)('tools with a long %s', (where) => {
  test('are recorded up to the limit', async () => {
    const tools = reportOfSize(TOOLS_BYTES, where);
    expect(bytesOf(tools)).toBe(TOOLS_BYTES);
    expect(outcomeOf(tools)).toMatchObject({ status: 'succeeded', tools });
    expect(await evidenceOfCheckpoint(tools)).toEqual([inEvidence(tools)]);
  });

  test('violate the contract above the limit, and nothing of them is recorded', async () => {
    const tools = reportOfSize(TOOLS_BYTES + 1, where);
    const said = `${TOOLS_BYTES + 1} bytes; allowed: at most ${TOOLS_BYTES}.`;
    expect(outcomeOf(tools)).toMatchObject({
      error: 'WorkContractViolation',
      cause: expect.stringContaining(said),
    });
    await expect(evidenceOfCheckpoint(tools)).rejects.toMatchObject({
      name: 'WorkContractViolation',
      message: expect.stringContaining(said),
    });
  });
});

test.each([1, 300, 480, 1_200])(
  'the largest report of the runtime is recorded, with names of %i characters',
  async (length) => {
    const log = new ToolLog((text) => text);
    const use = { action: 's3:GetObject', resource: '\n"é'.repeat(length).slice(0, length) };
    for (let call = 0; call < 3 * TOOL_USES; call += 1) log.add([use], `request-${call}`, 'ok');
    const tools = log.summary();
    expect(bytesOf(tools)).toBeLessThanOrEqual(TOOLS_BYTES);
    expect(outcomeOf(tools)).toMatchObject({ status: 'succeeded', tools });
    expect(await evidenceOfCheckpoint(tools)).toEqual([inEvidence(tools)]);
  },
);
