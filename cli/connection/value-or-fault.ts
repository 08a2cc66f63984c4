import { ZodError } from 'zod';

/** What is read, or a fault in its place where it has another form: one item must not hide what else there is. */
export async function valueOrFault<T>(fault: string, read: () => Promise<T>): Promise<T | { fault: string }> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ZodError) return { fault };
    throw error;
  }
}
