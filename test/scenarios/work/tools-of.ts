import * as z from 'zod';
import { canonicalJson, sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { toolsUsed, toolUse, type ToolsUsed } from '../../../core/work/work.ts';
import type { Ran } from '../deployed.ts';

const recordedTools = z.strictObject({
  word: z.literal('worker'),
  uses: z.array(toolUse.extend({ tool: z.string().nullable() })),
  count: z.int(),
  digest: z.string(),
});

/** The calls of one run in the evidence: of the last run, or of another one by its event id. */
export const toolsOf = ({ events }: Pick<Ran, 'events'>, id = 'work.finished') =>
  recordedTools.parse(events.find((event) => event.id === id)?.data['tools']);

const returned = z.object({ ended: z.object({ payload: z.object({ tools: toolsUsed }) }) });

/** The worker's own report of the calls of the last run, unchanged from the execution's history. */
export function reportOf({ history }: Pick<Ran, 'history'>): ToolsUsed {
  const exits = history.flatMap(({ stateExitedEventDetails: exit }) =>
    exit?.name === 'RunWork' && exit.output !== undefined ? [exit.output] : [],
  );
  return returned.parse(JSON.parse(exits.at(-1) ?? '{}')).ended.payload.tools;
}

/** The digest of the worker's report, computed from its uses. It is equal while every use is listed without digests. */
export const reportDigestOf = ({ uses }: { readonly uses: readonly object[] }): string =>
  sha256Hex(uses.map((use) => `${canonicalJson({ ...use, tool: undefined })}\n`).join(''));
