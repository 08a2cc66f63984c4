import { ZodError } from 'zod';
import { UnreadableRow } from '../../core/shared/errors.ts';

/** Returns the value that is read, or `fault` if it does not match its schema: one invalid item must not hide the others. */
export async function valueOrFault<T>(fault: string, read: () => Promise<T>): Promise<T | { fault: string }> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ZodError || error instanceof UnreadableRow) return { fault };
    throw error;
  }
}
