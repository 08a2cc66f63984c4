/** Which tasks of a type share an execution environment of the work function. @default - a task can get the environment of an earlier one */
export interface Isolation {
  readonly kind: 'perTask';
}

export const Isolation = {
  /**
   * No two tasks share an execution environment: Lambda keeps the environments of each boundary apart, with their memory and `/tmp`. Each
   * task starts with a cold start, and the number of tasks a minute is bounded:
   * https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html
   */
  perTask: (): Isolation => ({ kind: 'perTask' }),
} as const;
