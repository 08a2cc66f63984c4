/** A node of the tree that the package `jsonata` parses an expression to. Its type declarations leave out most of the fields. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The nodes in a field, which contains a node, a list of nodes, or a list of pairs. */
export function nodesIn(value: unknown): readonly SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

/** A node and all nodes below it. */
export function allNodes(value: unknown): readonly SyntaxNode[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(allNodes);
  return isNode(value) ? [value, ...below] : below;
}
