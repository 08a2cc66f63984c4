import * as z from 'zod';
import { canonicalJson, sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { toolsUsed, toolUse, type ToolsUsed } from '../../../core/work/work.ts';
import type { Ran } from '../deployed.ts';

const told = z.strictObject({
  word: z.literal('worker'),
  uses: z.array(toolUse.extend({ tool: z.string().nullable() })),
  count: z.int(),
  digest: z.string(),
});

/** What the evidence says of the calls of one run: the last one, or another by its event's id. */
export const toolsOf = ({ events }: Pick<Ran, 'events'>, id = 'work.finished') =>
  told.parse(events.find((event) => event.id === id)?.data['tools']);

const returned = z.object({ ended: z.object({ payload: z.object({ tools: toolsUsed }) }) });

/** What the worker itself said of the calls of the last run: the execution's history has it as it came. */
export function wordOf({ history }: Pick<Ran, 'history'>): ToolsUsed {
  const exits = history.flatMap(({ stateExitedEventDetails: exit }) =>
    exit?.name === 'RunWork' && exit.output !== undefined ? [exit.output] : [],
  );
  return returned.parse(JSON.parse(exits.at(-1) ?? '{}')).ended.payload.tools;
}

/** The digest of what the worker said, by the uses alone: it holds while every use is told singly, and none by digests. */
export const wordDigestOf = ({ uses }: { readonly uses: readonly object[] }): string =>
  sha256Hex(uses.map((use) => `${canonicalJson({ ...use, tool: undefined })}\n`).join(''));
