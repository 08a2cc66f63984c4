import type { z } from 'zod';

/** A JSON value: the type of results and checkpoints. */
export type Json = z.infer<ReturnType<typeof z.json>>;
