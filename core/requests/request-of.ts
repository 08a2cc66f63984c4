import type { GivenParameters, ParameterSpecs } from '../task-types/parameters-of.ts';
import type { TaskRequest } from './request.ts';

type Rest = Omit<TaskRequest, 'parameters'>;

/**
 * A request for a task of a type that declares these parameters. Without a declaration its parameters can be anything: `submit` compares
 * them with the declaration that is deployed.
 */
export type RequestOf<Declared extends ParameterSpecs = ParameterSpecs> = string extends keyof Declared
  ? Rest & Partial<Pick<TaskRequest, 'parameters'>>
  : Rest & GivenParameters<Declared>;

/** The request as it is sent: without parameters, it has none. */
export const withParameters = (request: RequestOf): TaskRequest => ({ parameters: {}, ...request });
