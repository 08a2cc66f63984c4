import * as z from 'zod';

/** Environment of the work function. */
export const caseEnvironment = z.object({ CASES_TABLE: z.string().min(3), REPLIES_TABLE: z.string().min(3) });
export type CaseEnvironment = z.infer<typeof caseEnvironment>;
