import { parseBoundaryId } from './ids.ts';

/** The key of an emergency's review: no boundary's id ends so, because a task's id has no dot. */
export const reviewIdOf = (boundaryId: string): string => `${boundaryId}.review`;

/** The boundary that a review is about; undefined when the text is no review's key: a task may be called `review`. */
export function reviewedBy(text: string): string | undefined {
  const of = /^(.+)\.review$/.exec(text)?.[1];
  return of !== undefined && parseBoundaryId(of) !== undefined ? of : undefined;
}
