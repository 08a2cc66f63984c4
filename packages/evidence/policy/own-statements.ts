/** Sids of the statements that are Taskbound's own; a tool's name starts in lower case, so they never meet. */
export const OWN_SIDS = {
  secrets: 'TaskboundSecrets',
  canary: 'TaskboundCanary',
  deadline: 'TaskboundDeadline',
} as const;

/** Inline session policy: at most 2,048 characters. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const SESSION_POLICY_CHARACTERS = 2048;
