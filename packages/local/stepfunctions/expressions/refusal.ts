/**
 * Why CreateStateMachine refuses an expression. `code` and `message` are AWS's, as ValidateStateMachineDefinition returns them:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
 */
export interface Refusal {
  readonly code: 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';
  readonly message: string;
  /** Ours: what to write instead. */
  readonly advice: string;
}

/** Thrown for an expression that cannot be compiled. */
export class ExpressionRefused extends Error {
  override readonly name = 'ExpressionRefused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message} ${refusal.advice}`.trim());
    this.refusal = refusal;
  }
}
