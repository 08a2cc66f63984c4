import type { IConstruct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { checkApproval } from '../approvals/check-approval.ts';
import { keyTool } from '../boundary/encryption.ts';
import { checkUploads } from '../tools/check-uploads.ts';
import { checkWindow } from '../windows/check-window.ts';
import type { BoundedTaskProps } from './bounded-task-props.ts';
import { checkDeclaration, type Declaration } from './check-declaration.ts';
import { checkTimeouts, timeoutsOf, type Timeouts } from './timeouts.ts';

/** A task type as it is deployed. */
export interface DeclaredType extends Declaration {
  /** Whether its tasks have secrets. */
  readonly hasSecrets: boolean;
  readonly timeouts: Timeouts;
}

/** Checks what the author declared, and adds the tool with which a task decrypts its secrets. */
export function declareType(scope: IConstruct, props: BoundedTaskProps): DeclaredType {
  const { boundary, type, approval, window, emergency } = props;
  const declared = declarationOf(props);
  const timeouts = timeoutsOf(props);
  checkDeclaration(declared);
  checkUploads(scope, props.tools);
  checkTimeouts(type, timeouts);
  checkWindow(type, window, timeouts.state);
  checkApproval(type, omitUndefined({ approval, emergency }));
  const hasSecrets = Object.keys(declared.secrets).length > 0;
  const { encryptionKey } = boundary._options;
  const keyTools = encryptionKey !== undefined && hasSecrets ? [keyTool(encryptionKey)] : [];
  return { ...declared, tools: [...declared.tools, ...keyTools], hasSecrets, timeouts };
}

const declarationOf = ({ type, parameters, tools, secrets }: BoundedTaskProps): Declaration => ({
  type,
  parameters: { ...parameters },
  tools: Object.entries(tools).map(([name, tool]) => tool._toSpec(name)),
  secrets: { ...secrets },
});
