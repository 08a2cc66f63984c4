/** The message of anything that was thrown: JavaScript can throw what is no `Error`. */
export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
