import * as z from 'zod';
import { oneLine } from '../command/print.ts';

/** As much as the words need: a bundle may come from anywhere. */
const said = z.object({
  uses: z.array(z.object({ tool: z.string().nullable(), action: z.string() })),
  count: z.number(),
});

/** What the worker says it used, in a few words: each tool and how often, then the actions that no tool of the task is known to allow. */
export function toolWords(tools: unknown): string {
  const { data } = said.safeParse(tools);
  if (data === undefined) return 'which tools it used is unknown';
  if (data.count === 0) return 'it says it used no tool';
  const used = counted(data.uses.flatMap(({ tool }) => tool ?? []));
  const without = counted(data.uses.flatMap(({ tool, action }) => (tool === null ? [action] : [])));
  const more = data.count - data.uses.length;
  const words = [
    used.length > 0 ? `it says it used ${used.join(', ')}` : 'it says it used no tool',
    ...(without.length > 0 ? [`no tool is known to allow ${without.join(', ')}`] : []),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return oneLine(words.join('; '));
}

function counted(names: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, count]) => (count === 1 ? name : `${name} ${count} times`));
}
