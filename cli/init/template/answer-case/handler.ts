import { defineWork } from 'taskbound/runtime';
import { answerCase } from './answer-case.ts';
import type { parameters } from './parameters.ts';

/** The Lambda function of the task type `answer-case`. */
export const handler = defineWork<typeof parameters>((task) =>
  answerCase(task, { table: environment('CASES_TABLE'), bucket: environment('ANSWERS_BUCKET') }),
);

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The variable ${name} is not set; the stack sets it.`);
  return value;
}
