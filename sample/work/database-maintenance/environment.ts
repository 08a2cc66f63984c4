import * as z from 'zod';

/** Environment of the work function. */
export const maintenanceEnvironment = z.object({ MAINTENANCE_BUCKET: z.string().min(3) });
export type MaintenanceEnvironment = z.infer<typeof maintenanceEnvironment>;
