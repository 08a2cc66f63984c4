import * as z from 'zod';
import { canonicalJson, sha256Hex } from '../../core/digest.ts';
import { toolUse } from '../../core/work.ts';
import type { Ran } from './deployed.ts';

const told = z.strictObject({
  word: z.literal('worker'),
  uses: z.array(toolUse.extend({ tool: z.string().nullable() })),
  count: z.int(),
  digest: z.string(),
});

/** What the evidence says of the calls of one run: the last one, or another by its event's id. */
export const toolsOf = ({ events }: Pick<Ran, 'events'>, id = 'work.finished') =>
  told.parse(events.find((event) => event.id === id)?.data['tools']);

/** The digest of what the worker said, by the evidence alone: it holds while every use is told singly. */
export const wordDigestOf = ({ uses }: z.infer<typeof told>): string =>
  sha256Hex(uses.map(({ tool: _ours, ...said }) => `${canonicalJson(said)}\n`).join(''));
