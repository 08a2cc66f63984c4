import * as z from 'zod';
import { oneLine } from '../print.ts';

/** As much as the words need: a bundle may come from anywhere. */
const said = z.object({
  uses: z.array(z.object({ tool: z.string().nullable(), action: z.string(), outcome: z.string() })),
  count: z.number(),
});
type Use = z.infer<typeof said>['uses'][number];

/** What the worker says it used, in a few words: each tool and how often, then what no tool allowed. */
export function toolWords(tools: unknown): string {
  const { data } = said.safeParse(tools);
  if (data === undefined) return 'which tools it used is unknown';
  if (data.count === 0) return 'it says it used no tool';
  const more = data.count - data.uses.length;
  const parts = [
    ...counted(data.uses.filter(({ tool }) => tool !== null).map(({ tool }) => tool ?? '')),
    ...counted(data.uses.filter(({ tool }) => tool === null).map(outside)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return oneLine(`it says it used ${parts.join(', ')}`);
}

const outside = ({ action, outcome }: Use): string => `no tool for ${action} (${outcome})`;

function counted(names: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, count]) => (count === 1 ? name : `${name} ${count} times`));
}
