import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { EvidenceEvent, Json } from 'taskbound-evidence/chain/evidence';
import { policyReach, toolFinder, type PolicyReach } from '../../../core/work/match-tool.ts';
import { toolsUsed, type ToolUse } from '../../../core/work/work.ts';

/**
 * What `work.finished` says of a run's calls. The calls, their count and their digest are the worker's own word; which tool each of them was is
 * concluded here, from the session policy of the lease that was issued last, which is the one that ran. `unknown` when the worker said nothing,
 * as when it died. The digest stays over what the worker said: without `tool`, and in plain words.
 */
export function toolsSaid(said: unknown, before: readonly EvidenceEvent[]): Json {
  const tools = toolsUsed.safeParse(said).data;
  if (tools === undefined) return 'unknown';
  const policy = before.findLast(({ type }) => type === 'identity.issued')?.data['sessionPolicy'];
  const text = typeof policy === 'string' ? policy : '';
  const toolOf = toolFinder(text);
  const reach = policyReach(text);
  const uses = tools.uses.map((use) => ({ tool: toolOf(use), ...sparing(use, reach) }));
  return { word: 'worker', uses, count: tools.count, digest: tools.digest };
}

/**
 * An attempt that nothing of the task allows names what whoever spoke to its assistant wanted: any text, the contents of a record among them.
 * Evidence cannot be deleted, so it has the SHA-256 of such a name. The trail has the name itself, under the request id.
 */
function sparing(use: ToolUse, reach: PolicyReach): ToolUse {
  if (use.outcome === 'ok' || reach.couldAllow(use)) return use;
  const { resource, key, ...rest } = use;
  const keys = Object.entries(key ?? {}).map(([name, value]) => [name, digestWord(value)]);
  return {
    ...rest,
    resource: isNobodysText(resource, reach) ? resource : digestWord(resource),
    ...(key && { key: Object.fromEntries(keys) }),
  };
}

/** What the policy names was declared by the task's type; `*` names nothing. */
const isNobodysText = (resource: string, reach: PolicyReach): boolean =>
  resource === '*' || reach.names(resource);

const digestWord = (text: string): string => `sha256:${sha256Hex(text)}`;
