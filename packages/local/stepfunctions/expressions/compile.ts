import type { Expression } from 'jsonata';
import jsonata from 'jsonata';
import { laterSyntax } from './later-syntax.ts';
import { rootOrEval } from './references.ts';
import { ExpressionRefused } from './refusal.ts';

const compiled = new Map<string, Expression>();

/**
 * Parses an expression, with a cache. Throws `ExpressionRefused` for what AWS refuses in CreateStateMachine whichever field it is in: what
 * is not JSONata 2.0.6, `$eval` and `$$`.
 */
export function compileExpression(text: string): Expression {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const expression = parse(text);
  const refusal = laterSyntax(text, expression.ast()) ?? rootOrEval(expression.ast());
  if (refusal !== undefined) throw new ExpressionRefused(refusal);
  compiled.set(text, expression);
  return expression;
}

function parse(text: string): Expression {
  try {
    return jsonata(text);
  } catch (error) {
    throw new ExpressionRefused({
      code: 'INVALID_JSONATA_EXPRESSION',
      message: parserMessage(error),
      advice: '',
    });
  }
}

/** The parser throws plain objects with a code, which AWS's text does not contain. */
function parserMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
