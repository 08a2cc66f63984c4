import { parseBoundaryId } from './ids.ts';

/** The id of the review of an emergency. No boundary id has this form, because a task id contains no dot. */
export const reviewIdOf = (boundaryId: string): string => `${boundaryId}.review`;

/**
 * The boundary that a review is about. Undefined if the text is not the id of a review: a task may have the
 * id `review`.
 */
export function reviewedBy(text: string): string | undefined {
  const of = /^(.+)\.review$/.exec(text)?.[1];
  return of !== undefined && parseBoundaryId(of) !== undefined ? of : undefined;
}
