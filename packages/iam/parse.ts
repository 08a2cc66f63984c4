import { visit } from 'jsonc-parser';
import { compilePolicy } from './compile.ts';
import { MalformedPolicy, shown } from './malformed.ts';
import type { PolicyDocument } from './policy.ts';
import { checkShape } from './shape.ts';
import type { PolicyUse } from './use.ts';

export { MalformedPolicy } from './malformed.ts';
export type { PolicyUse } from './use.ts';

/** A policy's values lie at most seven deep; more is refused before anything recursive reads the text. */
const DEEPEST = 10;

function checkDepth(text: string): void {
  let depth = 0;
  for (const mark of text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/[[\]{}]/g) ?? []) {
    depth += mark === '{' || mark === '[' ? 1 : -1;
    if (depth > DEEPEST) throw new MalformedPolicy(`The policy is nested more than ${DEEPEST} levels deep.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedPolicy(
      `The policy is not valid JSON (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
}

/** JSON.parse keeps the last of two fields with one name; a reader may see the first. */
function checkDuplicates(text: string): void {
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name) => {
      const names = open.at(-1);
      if (names?.has(name))
        throw new MalformedPolicy(`The policy has the field ${shown(name)} twice in one object.`);
      names?.add(name);
    },
  });
}

/**
 * Reads a policy strictly. With `use`, also what that kind of policy must and must not have.
 * Throws `MalformedPolicy`, with one sentence, for what IAM would refuse and for what is not supported here.
 */
export function parsePolicy(text: string, use?: PolicyUse): PolicyDocument {
  const value = parseJson(text);
  checkDepth(text);
  checkDuplicates(text);
  checkShape(value);
  const { unfit } = compilePolicy(value);
  const reason = use === undefined ? undefined : unfit[use];
  if (reason !== undefined) throw new MalformedPolicy(reason);
  return value;
}
