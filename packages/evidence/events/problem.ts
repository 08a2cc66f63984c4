import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** Where a value does not match its schema first, and how. */
export function firstProblem({ issues: [issue] }: z.ZodError): {
  readonly path: string;
  readonly problem: string;
} {
  if (issue === undefined) return { path: '', problem: 'not readable' };
  const { path, message } = innermost(issue);
  return { path: path.join('.'), problem: message };
}

/** Of a union, zod reports only that nothing matches: the alternative that matched furthest tells where the value is wrong. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  let deepest: Issue = issue;
  for (const inner of issue.errors.flatMap(([first]) => first ?? [])) {
    const found = innermost({ ...inner, path: [...issue.path, ...inner.path] });
    if (found.path.length > deepest.path.length) deepest = found;
  }
  return deepest;
}
