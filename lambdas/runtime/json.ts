import type { z } from 'zod';

/** A value that JSON can express: what work returns, and what a checkpoint holds. */
export type Json = z.infer<ReturnType<typeof z.json>>;
