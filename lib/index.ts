export { Approval } from './approvals/approval.ts';
export { BoundedTask } from './task-types/bounded-task.ts';
export type { BoundedTaskProps } from './task-types/bounded-task-props.ts';
export {
  EvidenceArchive,
  type EvidenceArchiveProps,
  type IEvidenceArchive,
} from './evidence/evidence-archive.ts';
export { Isolation } from './isolation/isolation.ts';
export { JitSecret, type PostgresLoginOptions } from './secrets/jit-secret.ts';
export { MaintenanceWindow } from './windows/maintenance-window.ts';
export type { DeploymentOptions } from './boundary/options.ts';
export type { ITaskBoundary } from './boundary/i-task-boundary.ts';
export { Parameter } from './task-types/parameter.ts';
export { People } from './approvals/identity-center.ts';
export { personalPrincipal, type PeopleOptions } from './approvals/people.ts';
export { TaskBoundary, type TaskBoundaryProps } from './boundary/task-boundary.ts';
export type { ScheduleProps, TaskSchedule } from './schedules/task-schedule.ts';
export { Tool, type MultipartUploadOptions } from './tools/tool.ts';
export { Work, type WorkCodeOptions, type WorkOptions } from './work/work.ts';
