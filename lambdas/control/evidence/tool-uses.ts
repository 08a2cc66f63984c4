import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventData } from 'taskbound-evidence/events/event';
import { asEventOfType } from 'taskbound-evidence/events/event-of-type';
import { policyReach, type PolicyReach, toolFinder } from '../../../core/work/match-tool.ts';
import { toolsUsed, type ToolUse } from '../../../core/work/work.ts';

/**
 * The calls of a run for `work.finished`. The calls, their count and their digest are reported by the worker;
 * the tool of each call is derived here, from the session policy of the last lease, which is the one that
 * ran. `unknown` when the worker reported nothing, for example because it failed. The digest covers the
 * worker's report: without `tool`, and with names in plain text.
 */
export function toolUses(
  reported: unknown,
  before: readonly ChainedEvent[],
): EventData<'work.finished'>['tools'] {
  const tools = toolsUsed.safeParse(reported).data;
  if (tools === undefined) return 'unknown';
  const issued = before.findLast(({ type }) => type === 'identity.issued');
  const text = asEventOfType(issued, 'identity.issued')?.data.sessionPolicy ?? '';
  const toolOf = toolFinder(text);
  const reach = policyReach(text);
  const uses = tools.uses.map((use) => ({ tool: toolOf(use), ...withoutUnknownNames(use, reach) }));
  return { word: 'worker', uses, count: tools.count, digest: tools.digest };
}

/**
 * A call that the task may not make can name anything that a prompt asked its assistant for, the contents of
 * a record included. Evidence cannot be deleted, so it has only the SHA-256 of such a name. The trail has the
 * name itself, under the request id.
 */
function withoutUnknownNames(use: ToolUse, reach: PolicyReach): ToolUse {
  if (use.outcome === 'ok' || reach.couldAllow(use)) return use;
  const { resource, key, ...rest } = use;
  const keys = Object.entries(key ?? {}).map(([name, value]) => [name, digestText(value)]);
  return {
    ...rest,
    resource: isDeclaredName(resource, reach) ? resource : digestText(resource),
    ...(key && { key: Object.fromEntries(keys) }),
  };
}

/** The task's type declared every name in its policy; `*` names nothing. */
const isDeclaredName = (resource: string, reach: PolicyReach): boolean =>
  resource === '*' || reach.names(resource);

const digestText = (text: string): string => `sha256:${sha256Hex(text)}`;
