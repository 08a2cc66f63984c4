import { grantDigest } from '../../core/grants/grant.ts';
import { boundaryIdOf, NONCE_CHARACTERS } from 'taskbound-evidence/names/ids';
import { checkGrant, type PlannedRequest } from '../../core/requests/request.ts';
import { compileSessionPolicy, DEADLINE_PLACEHOLDER } from '../../core/grants/session-policy.ts';
import type { TaskTypeConfig, ToolSpec } from '../../core/task-types/task-type.ts';
import { windowFor } from '../../core/windows/window-for.ts';
import { windowText } from '../../core/windows/window-rule.ts';
import { TASK_ID_PLACEHOLDER } from '../run/task-id.ts';

/** What `plan --json` prints; scripts rely on these fields. */
export interface Plan {
  readonly taskType: string;
  readonly roleArn: string;
  /** The exact string, with placeholders of the same length for the nonce, the deadline and an id that was not given. */
  readonly sessionPolicy: string;
  readonly policyCharacters: number;
  /** The digest of this plan with its placeholders. A task's digest differs, because its nonce is generated at submission. */
  readonly grantDigest: string;
  readonly leaseSeconds: number;
  /** When a task that is submitted now may run; null for any time. */
  readonly window: { readonly opensAt: string; readonly closesAt: string } | null;
  /** The tools with their resources, as in the session policy. */
  readonly tools: readonly {
    readonly name: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  }[];
  readonly secrets: readonly { readonly name: string; readonly kind: string }[];
}

/** As long as a nonce. */
export const NONCE_PLACEHOLDER = '{nonce}'.padEnd(NONCE_CHARACTERS, '_');

interface WrittenStatement {
  readonly Sid?: string;
  readonly Resource?: string | readonly string[];
}

/** Pure. Throws `MalformedRequest` when the request does not fit its type or its policy is too long. */
export function makePlan(request: PlannedRequest, config: TaskTypeConfig, nowMs: number): Plan {
  const { parameters, window: asked } = checkGrant(request, config);
  const window = windowFor(config.window, asked, nowMs, config.workSeconds);
  const subject = {
    boundaryId: boundaryIdOf(config.type, request.taskId ?? TASK_ID_PLACEHOLDER),
    nonce: NONCE_PLACEHOLDER,
    parameters,
    window,
  };
  const sessionPolicy = compileSessionPolicy(config, { ...subject, deadline: DEADLINE_PLACEHOLDER });
  return {
    taskType: config.type,
    roleArn: config.taskRoleArn,
    sessionPolicy,
    policyCharacters: sessionPolicy.length,
    grantDigest: grantDigest(config, subject),
    leaseSeconds: config.leaseSeconds,
    window: window ? windowText(window) : null,
    tools: config.tools.map((tool) => ({
      name: tool.name,
      actions: tool.actions,
      resources: resourcesOf(tool, sessionPolicy),
    })),
    secrets: Object.entries(config.secrets).map(([name, { kind }]) => ({ name, kind })),
  };
}

/** A tool's resources for this task. Read from the policy, so they cannot differ from it. */
function resourcesOf(tool: ToolSpec, sessionPolicy: string): readonly string[] {
  const { Statement } = JSON.parse(sessionPolicy) as { readonly Statement: readonly WrittenStatement[] };
  return [Statement.find(({ Sid }) => Sid === tool.name)?.Resource ?? []].flat();
}
