import type { EvidenceEvent, Json } from '../../core/evidence.ts';
import { toolNamer } from '../../core/tool-of.ts';
import { toolsUsed } from '../../core/work.ts';

/**
 * What `work.finished` says of a run's calls. The calls, their count and their digest are the worker's own word; which tool each of them was is
 * concluded here, from the session policy of the lease that was issued last, which is the one that ran. `unknown` when the worker said nothing,
 * as when it died. The digest stays over what the worker said: without `tool`.
 */
export function toolsSaid(said: unknown, before: readonly EvidenceEvent[]): Json {
  const tools = toolsUsed.safeParse(said).data;
  if (tools === undefined) return 'unknown';
  const policy = before.findLast(({ type }) => type === 'identity.issued')?.data['sessionPolicy'];
  const toolOf = toolNamer(typeof policy === 'string' ? policy : '');
  const uses = tools.uses.map((use) => ({ tool: toolOf(use), ...use }));
  return { word: 'worker', uses, count: tools.count, digest: tools.digest };
}
