import { auditResult, type AuditResult } from '../../audit/result.ts';
import type { EvidenceBundle } from '../../chain/evidence.ts';
import { firstIssue } from '../../signature/verify.ts';
import { UsageError } from '../errors.ts';
import { readText } from '../read-text.ts';

const NEXT = 'Give the output of `taskbound audit --json` for this bundle.';

/**
 * Reads an audit's result and checks that it is about exactly this chain. A verdict about another task, or
 * about other events of the same task, must not appear in the report. Throws `UsageError` or
 * `MalformedRequest`.
 */
export async function readAudit(path: string, bundle: EvidenceBundle, cwd: string): Promise<AuditResult> {
  const text = await readText(path, cwd, 'The audit');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not valid JSON, so it is not the result of an audit. ${NEXT}`);
  }
  const parsed = auditResult.safeParse(value);
  if (!parsed.success) {
    throw new UsageError(`${path} is not the result of an audit: ${firstIssue(parsed.error)}. ${NEXT}`);
  }
  const { boundaryId, headHash } = parsed.data;
  const head = bundle.events.at(-1)?.hash;
  if (boundaryId !== bundle.boundaryId)
    throw new UsageError(
      `${path} is an audit of ${JSON.stringify(boundaryId)}, but the bundle is the record of ${JSON.stringify(bundle.boundaryId)}. ${NEXT}`,
    );
  if (headHash !== head)
    throw new UsageError(
      `${path} is an audit of the chain that ends with ${headHash}, but the bundle's chain ends with ${head ?? 'no event'}. ${NEXT}`,
    );
  return parsed.data;
}
