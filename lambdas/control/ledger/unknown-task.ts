import { UnknownTask } from '../../../core/shared/errors.ts';

export const unknownTask = (task: string): UnknownTask =>
  new UnknownTask(`No task ${task} was submitted. Nothing was changed. Look at taskbound list.`);
