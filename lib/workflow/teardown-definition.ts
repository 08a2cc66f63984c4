import type { Definition } from './asl.ts';
import { EXECUTION_ARN } from './expressions.ts';
import { boundaryTail, TAIL, type TailProps } from './tail.ts';

/** Closes a boundary whose execution ended without its tail: the same tail, for the boundary that the input names. */
export const teardownDefinition = (functions: TailProps['functions']): Definition => ({
  Comment: 'Closes a boundary whose execution ended without closing it. Started by reconcile.',
  QueryLanguage: 'JSONata',
  StartAt: TAIL,
  States: boundaryTail({
    functions,
    // A principal that can start Teardown can only close boundaries: each function checks that the row names this execution.
    boundaryId: '$string($states.context.Execution.Input.boundaryId)',
    executionArn: EXECUTION_ARN,
  }),
});
