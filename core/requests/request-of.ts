import type { GivenParameters, ParameterSpecs } from '../task-types/parameters-of.ts';
import type { TaskRequest } from './request.ts';

/** A request for a task of a type that declares these parameters. `RequestOf` alone has any parameters. */
export type RequestOf<Declared extends ParameterSpecs = ParameterSpecs> = Omit<TaskRequest, 'parameters'> &
  GivenParameters<Declared>;
