import { visit } from 'jsonc-parser';
import { compilePolicy } from './compile.ts';
import { MalformedPolicy, formatValue } from './malformed.ts';
import type { PolicyDocument } from './policy.ts';
import { checkShape } from './shape.ts';
import type { PolicyUse } from './use.ts';

export { MalformedPolicy } from './malformed.ts';
export type { PolicyUse } from './use.ts';

/** A valid policy nests at most seven levels. Deeper text is refused before recursive code reads it. */
const MAX_DEPTH = 10;

function checkDepth(text: string): void {
  let depth = 0;
  for (const mark of text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/[[\]{}]/g) ?? []) {
    depth += mark === '{' || mark === '[' ? 1 : -1;
    if (depth > MAX_DEPTH)
      throw new MalformedPolicy(`The policy is nested more than ${MAX_DEPTH} levels deep.`);
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

/**
 * Of two fields with one name, `JSON.parse` keeps the last; a person reading the text may notice only the
 * first.
 */
function checkDuplicates(text: string): void {
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name) => {
      const names = open.at(-1);
      if (names?.has(name))
        throw new MalformedPolicy(`The policy has the field ${formatValue(name)} twice in one object.`);
      names?.add(name);
    },
  });
}

/**
 * Reads a policy strictly. With `use`, also checks what that kind of policy must and must not contain. Throws
 * `MalformedPolicy`, with one sentence, for a policy that IAM would refuse or that uses an unsupported
 * element.
 */
export function parsePolicy(text: string, use?: PolicyUse): PolicyDocument {
  const value = parseJson(text);
  checkDepth(text);
  checkDuplicates(text);
  checkShape(value);
  const { useProblems } = compilePolicy(value);
  const reason = use === undefined ? undefined : useProblems[use];
  if (reason !== undefined) throw new MalformedPolicy(reason);
  return value;
}
