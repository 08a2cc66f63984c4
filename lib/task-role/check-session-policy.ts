import type { IConstruct } from 'constructs';
import { SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';
import { DEADLINE_PLACEHOLDER, renderSessionPolicy } from '../../core/grants/session-policy.ts';
import { DeclarationError } from '../../core/shared/errors.ts';
import type { Parameters, ParameterSpec } from '../../core/task-types/parameters.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { leastCharacters } from './policy-size.ts';

interface SessionPolicyCheck {
  readonly config: TaskTypeConfig;
  /** @default - the shortest value of each parameter */
  readonly parameters?: Parameters;
}

/** Throws `DeclarationError` when the session policy of such a task would be longer than STS accepts. */
export function checkSessionPolicy(scope: IConstruct, { config, parameters }: SessionPolicyCheck): void {
  const policy = renderSessionPolicy(config, {
    boundaryId: `${config.type}.aa`,
    nonce: '0'.repeat(32),
    parameters: parameters ?? shortestParameters(config),
    deadline: DEADLINE_PLACEHOLDER,
  });
  const least = leastCharacters(scope, policy);
  if (least > SESSION_POLICY_CHARACTERS) {
    throw new DeclarationError(
      `Task type ${config.type} needs a session policy of at least ${least} characters; AWS takes at most ${SESSION_POLICY_CHARACTERS}. Declare fewer tools or shorter resources.`,
    );
  }
}

const shortestParameters = ({ parameters }: TaskTypeConfig): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [name, shortestValue(spec)]));

function shortestValue(spec: ParameterSpec): string | number {
  if (spec.kind === 'integer') return spec.min;
  if (spec.kind === 'oneOf')
    return spec.values.reduce((least, value) => (value.length < least.length ? value : least));
  return 'a';
}
