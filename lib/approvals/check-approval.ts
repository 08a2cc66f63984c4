import { DeclarationError } from '../../core/shared/errors.ts';
import { approvalRule, type ApprovalRule } from '../../core/task-types/task-type.ts';

/** Throws `DeclarationError` for an approval that cannot be given, and for emergencies without an approval to skip. */
export function checkApproval(
  type: string,
  { approval, emergency = false }: { readonly approval?: ApprovalRule; readonly emergency?: boolean },
): void {
  if (approval === undefined) {
    if (!emergency) return;
    throw new DeclarationError(
      `Task type ${type} allows emergencies, but has no approval that an emergency could skip. Declare an approval, or remove emergency.`,
    );
  }
  if (!approvalRule.safeParse(approval).success)
    throw new DeclarationError(
      `Task type ${type} has the approval ${JSON.stringify(approval)}; allowed: a quorum of 1 to 10 and 60 seconds or more. Correct it.`,
    );
}
