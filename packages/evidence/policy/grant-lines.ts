import { jsonText, named, quoted } from '../display/visible.ts';
import { REACH_WORDS, type ResourceWords } from './pattern-words.ts';
import { policyWords, type StatementWords } from './policy-words.ts';

/**
 * What the tools of a session policy grant, as lines of text. Complete: each action, resource and condition is shown, a statement that
 * Taskbound does not write is shown as the policy has it, and policies that grant different things have different lines.
 *
 * Taskbound's own statements are left out, if they have the form in which Taskbound writes them: the secrets of the task, the canary and the
 * deadline.
 */
export function grantLines(policy: string): readonly string[] {
  const words = policyWords(policy);
  if ('fault' in words) return [`  ${words.fault} ${quoted(policy)}`];
  return words.statements.filter((each) => !isOwn(each)).flatMap(statementLines);
}

function isOwn({ kind, resources, conditions }: StatementWords): boolean {
  if (kind === 'deadline') return true;
  const isNarrow = resources.every(({ reach }) => reach === 'secret') && conditions.length === 0;
  return (kind === 'secrets' || kind === 'canary') && isNarrow;
}

function statementLines({ kind, sid, actions, resources, conditions, exact }: StatementWords): string[] {
  if (kind !== 'tool') return [`  a statement that is not of a tool: ${jsonText(exact)}`];
  return [
    `  ${sid}: ${actions.map(named).join(', ')}`,
    ...resources.map((resource) => `      on ${resourceText(resource)}`),
    ...conditions.map(({ says }) => `      ${says}`),
  ];
}

const resourceText = ({ reach, text }: ResourceWords): string => `${REACH_WORDS[reach]} ${quoted(text)}`;
