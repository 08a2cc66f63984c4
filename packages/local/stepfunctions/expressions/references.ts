import type { Refusal } from './refusal.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import { allNodes, nodesIn } from './syntax-tree.ts';

/** The fields of `$states` that exist only in some fields of a state. */
export type StatesField = 'result' | 'errorOutput';

const STATES_FIELDS: Readonly<Record<StatesField, string>> = {
  result: 'It exists in Output and Assign of a Task, but not in its Catch.',
  errorOutput: 'It exists in Output and Assign of a Catch.',
};

/**
 * What an expression refers to that AWS refuses in CreateStateMachine:
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html and workflow-variables.html. `available` are the fields
 * of `$states` that the expression's place has. An unknown variable or function is no such reference: it fails at run time, as on AWS.
 */
export function unsupportedReference(tree: unknown, available: readonly StatesField[]): Refusal | undefined {
  return rootOrEval(tree) ?? missingStatesField(tree, available) ?? topLevelName(tree);
}

function unsupported(message: string, advice: string): Refusal {
  return { code: 'UNSUPPORTED_JSONATA_EXPRESSION', message, advice };
}

/** `$$` is the input of the whole expression, which has none. The tree contains a variable's name without its first `$`. */
const ROOT = '$';
const EVAL = 'eval';

/**
 * Also used at run time, because `$eval` would run an expression that was never checked. AWS documents that `$eval` is not available; its
 * text is not known, so this one has the form of that for `$$`.
 */
export function rootOrEval(tree: unknown): Refusal | undefined {
  const variables = allNodes(tree).filter(({ type }) => type === 'variable');
  if (variables.some(({ value }) => value === EVAL))
    return unsupported("Reference to '$eval' is not supported.", 'Use $parse to read JSON text.');
  if (variables.some(({ value }) => value === ROOT))
    return unsupported("Reference to '$$' is not supported.", USE_STATES);
  return undefined;
}

const USE_STATES =
  'An expression has no input of its own: use $states.input, $states.context, or $name for a variable.';

function missingStatesField(tree: unknown, available: readonly StatesField[]): Refusal | undefined {
  const read = allNodes(tree).map(statesFieldOf);
  const missing = read.find((field) => field !== undefined && !available.includes(field));
  if (missing === undefined) return undefined;
  return unsupported(`Field '$states.${missing}' does not exist.`, STATES_FIELDS[missing]);
}

/** The field of a path that starts with `$states.result` or `$states.errorOutput`. */
function statesFieldOf(path: SyntaxNode): StatesField | undefined {
  if (path.type !== 'path') return undefined;
  const [first, second] = nodesIn(path['steps']);
  if (first?.type !== 'variable' || first['value'] !== 'states' || second?.type !== 'name') return undefined;
  return second['value'] === 'result' || second['value'] === 'errorOutput' ? second['value'] : undefined;
}

function topLevelName(tree: unknown): Refusal | undefined {
  const name = nodesIn(tree).flatMap(namesAtTheTop)[0];
  return name === undefined
    ? undefined
    : unsupported(`Reference to '${name}' at the top level is not supported.`, USE_STATES);
}

/**
 * The fields of a node that are evaluated with the node's own context. Not in it: later steps of a path, predicates, sort terms, groups
 * and transforms, which get a value from the step before them. The body of a function keeps the context of its definition.
 */
const SAME_CONTEXT: Readonly<Record<string, readonly string[]>> = {
  unary: ['expression', 'expressions', 'lhs'],
  binary: ['lhs', 'rhs'],
  apply: ['lhs', 'rhs'],
  function: ['procedure', 'arguments'],
  partial: ['procedure', 'arguments'],
  lambda: ['body'],
  condition: ['condition', 'then', 'else'],
  block: ['expressions'],
  bind: ['rhs'],
};

/** The names, and `$`, that are read from the input of the expression. */
function namesAtTheTop(node: SyntaxNode): readonly string[] {
  if (node.type === 'name') return [String(node['value'])];
  if (node.type === 'variable') return node['value'] === '' ? ['$'] : [];
  if (node.type === 'path') return nodesIn(node['steps']).slice(0, 1).flatMap(namesAtTheTop);
  const fields = Object.hasOwn(SAME_CONTEXT, node.type) ? SAME_CONTEXT[node.type] : undefined;
  return (fields ?? []).flatMap((field) => nodesIn(node[field]).flatMap(namesAtTheTop));
}
