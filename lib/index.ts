export { Approval } from './approval.ts';
export { BoundedTask, type BoundedTaskProps } from './bounded-task.ts';
export { JitSecret, type PostgresLoginOptions } from './jit-secret.ts';
export { MaintenanceWindow } from './maintenance-window.ts';
export type { DeploymentOptions } from './options.ts';
export { Parameter } from './parameter.ts';
export { TaskBoundary, type TaskBoundaryProps } from './task-boundary.ts';
export { Tool } from './tool.ts';
export { Work, type WorkCodeOptions, type WorkOptions } from './work.ts';
