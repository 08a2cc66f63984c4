import type { Refusal } from './refusal.ts';
import { allNodes } from './syntax-tree.ts';

/**
 * Step Functions runs JSONata 2.0.6 (https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html); the package `jsonata`
 * here is 2.2.2, because it has fixes for the prototype of objects that hostile input can reach. Refused is what the versions after 2.0.6
 * added to the language, by their changelog (https://github.com/jsonata-js/jsonata/blob/master/CHANGELOG.md):
 *
 * - 2.1.0: the operators `??` and `?:`.
 * - 2.1.1 to 2.2.2: nothing. There are no new functions in any of them: each one registers the same 63.
 *
 * The versions also corrected results, for example of `$formatNumber`, of `$string` for numbers of more than 15 digits, of `$toMillis`
 * for more than three digits of a second, of `$pad` with a fraction and of `$contains` without a token. AWS does not document which
 * of these its own implementation has, so they are not refused. The package's version is exact in package.json: another one must be
 * compared with this list first, and a test fails until that is done.
 */
const LATER_OPERATORS = {
  '??': { since: '2.1.0', reported: '?', instead: '$exists(a) ? a : b' },
  '?:': { since: '2.1.0', reported: ':', instead: 'a ? a : b' },
} as const;

type LaterOperator = keyof typeof LATER_OPERATORS;

const isLater = (operator: string): operator is LaterOperator => Object.hasOwn(LATER_OPERATORS, operator);

/**
 * The first operator that 2.0.6 does not have. Its parser reads `??` and `?:` as the `?` of a condition, followed by a symbol that cannot
 * start an operand. The package parses both to a condition, whose position is that after the operator.
 */
export function laterSyntax(text: string, tree: unknown): Refusal | undefined {
  const first = allNodes(tree)
    .filter(({ type }) => type === 'condition')
    .map(({ position }) => Number(position))
    .sort((a, b) => a - b)
    .map((end) => text.slice(Math.max(0, end - 2), end))
    .find(isLater);
  if (first === undefined) return undefined;
  const { since, reported, instead } = LATER_OPERATORS[first];
  return {
    code: 'INVALID_JSONATA_EXPRESSION',
    message: `The symbol "${reported}" cannot be used as a unary operator`,
    advice: `The operator '${first}' is of JSONata ${since}, and Step Functions runs JSONata 2.0.6: write '${instead}' for 'a ${first} b'.`,
  };
}
