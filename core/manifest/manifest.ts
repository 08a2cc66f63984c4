import * as z from 'zod';

/** The SSM parameter that contains the manifest of a stack. */
export const manifestName = (stack: string): string => `/taskbound/${stack}/manifest`;

/**
 * A role that a grant of the stack names, for `--as NAME@ROLE` and for the people of an embedded AWS. Roles that only submit, decide and
 * end are here as well, without grants: their grants are in the configuration of each type.
 */
const manifestRole = z.object({
  /** The path of its construct in the app: `Approvers`, `People/Approvers`. Or the name of a permission set of IAM Identity Center. */
  name: z.string().min(1),
  /** For a permission set, a pattern: AWS chooses the end of its role's name. */
  arn: z.string().min(1),
  /** `read` and `drain`: the grants of the boundary. `read:<type>`: `grantRead` of a type. */
  grants: z.array(z.string()),
});
export type ManifestRole = z.infer<typeof manifestRole>;

/** What a manifest contains about roles. */
export type RoleGrant = 'read' | 'drain' | `read:${string}`;

/**
 * Everything that a client must know about a deployed stack. `TaskBoundary` writes it to one SSM parameter. Readers ignore fields that they
 * do not know, so that a stack which is deployed with a newer version stays readable.
 */
export const manifest = z.object({
  version: z.literal(1),
  stack: z.string().min(1),
  /** The function URLs. Calls are signed with SigV4 for the service `lambda`. */
  submitUrl: z.string().min(1),
  decideUrl: z.string().min(1),
  endUrl: z.string().min(1),
  ledgerTable: z.string().min(1),
  evidenceTable: z.string().min(1),
  evidenceKeyArn: z.string().min(1),
  /** Null: the stack has no archive. */
  archive: z.object({ bucket: z.string().min(1), prefix: z.string() }).nullable(),
  alarmTopicArn: z.string().min(1),
  /** The configuration of a type is in the SSM parameter `<typesPath><type>`. */
  typesPath: z.string().min(1),
  types: z.array(z.string()),
  roles: z.array(manifestRole),
});
export type Manifest = z.infer<typeof manifest>;
