import type { EventData } from '../events/event.ts';
import type { ShowValue } from './show-value.ts';

/** The tools that the worker reported, each with how often, then the actions that no tool of the task is known to allow. */
export function toolWords(tools: EventData<'work.finished'>['tools'], show: ShowValue): string {
  // Records of version 0.1 and earlier may not name the tool of each use.
  if (tools === 'unknown' || tools.uses.some(({ tool }) => tool === undefined))
    return 'the tools that it used are unknown';
  if (tools.count === 0) return 'the worker reports no tool';
  const used = counted(tools.uses.flatMap(({ tool }) => tool ?? [])).map(timesWords(show));
  const without = counted(tools.uses.flatMap(({ tool, action }) => (tool === null ? [action] : [])));
  const more = tools.count - tools.uses.length;
  const words = [
    used.length > 0 ? `the worker reports ${used.join(', ')}` : 'the worker reports no tool',
    ...(without.length > 0 ? [`no tool is known to allow ${without.map(timesWords(show)).join(', ')}`] : []),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return words.join('; ');
}

function counted(names: readonly string[]): (readonly [string, number])[] {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times];
}

const timesWords =
  (show: ShowValue) =>
  ([name, count]: readonly [string, number]): string =>
    count === 1 ? show(name, 'whole') : `${show(name, 'whole')} ${count} times`;
