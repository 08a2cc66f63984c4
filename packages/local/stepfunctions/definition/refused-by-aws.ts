/**
 * A definition that CreateStateMachine refuses: AWS's code, text and place (`CODE: text at /States/Name/Field`), then what to change.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
 */
export function refusedByAws(code: string, message: string, location: string, advice: string): string {
  return `${code}: ${message} at ${location}. ${advice}`.trim();
}
