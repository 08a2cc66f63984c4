import { NIST_CSF, NIST_ZERO_TRUST, OWASP_NHI, type SilentControl } from './control.ts';

/** The other controls of the three catalogues: no task's record shows anything about them. */
export const SILENT: readonly SilentControl[] = [
  {
    control: 'NHI3:2025',
    title: 'Vulnerable Third-Party NHI',
    source: OWASP_NHI,
    because: 'Which third parties the work relies on is not recorded.',
  },
  {
    control: 'NHI4:2025',
    title: 'Insecure Authentication',
    source: OWASP_NHI,
    because: 'How the work authenticates to anything but AWS and its own secrets is not recorded.',
  },
  {
    control: 'NHI6:2025',
    title: 'Insecure Cloud Deployment Configurations',
    source: OWASP_NHI,
    because: 'How the stack and its pipeline are deployed is not part of a task.',
  },
  {
    control: 'NHI8:2025',
    title: 'Environment Isolation',
    source: OWASP_NHI,
    because: 'A record knows one stack; what it shares with test or production is not in it.',
  },
  {
    control: 'NHI10:2025',
    title: 'Human Use of NHI',
    source: OWASP_NHI,
    because:
      'Whether a person worked with the credential shows in the trail, if at all: `audit` compares the calls with what the task may do.',
  },
  {
    control: 'SP 800-207 tenet 1',
    title: 'Everything that holds data or computes is a resource',
    source: NIST_ZERO_TRUST,
    because: "What else the account holds is not in a task's record.",
  },
  {
    control: 'SP 800-207 tenet 2',
    title: 'All communication is secured, wherever it comes from',
    source: NIST_ZERO_TRUST,
    because: 'How calls were carried is not recorded.',
  },
  {
    control: 'SP 800-207 tenet 5',
    title: 'The state and security of all assets is watched',
    source: NIST_ZERO_TRUST,
    because: 'The state of functions and hosts is not recorded, only the version of the code.',
  },
  {
    control: 'PR.AA-01',
    title: 'Identities and credentials are managed',
    source: NIST_CSF,
    because: 'The people and roles that ask and approve are managed by your organisation, not by a task.',
  },
  {
    control: 'PR.AA-02',
    title: 'Identities are proofed and bound to credentials',
    source: NIST_CSF,
    because: "Who stands behind a session's name is for your identity provider to know.",
  },
  {
    control: 'PR.AA-03',
    title: 'Users, services and hardware are authenticated',
    source: NIST_CSF,
    because: 'IAM authenticates; with which factors is not recorded.',
  },
  {
    control: 'PR.AA-04',
    title: 'Identity assertions are protected and verified',
    source: NIST_CSF,
    because: 'Assertions reach AWS before a task begins.',
  },
  {
    control: 'PR.AA-06',
    title: 'Physical access is managed',
    source: NIST_CSF,
    because: "It is AWS's part.",
  },
];
