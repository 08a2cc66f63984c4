/** The message of anything that was thrown. JavaScript can throw values that are not an `Error`. */
export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** `Name: message` of anything that was thrown. The name distinguishes AWS errors. */
export const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
