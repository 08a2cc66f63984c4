import { auditResult, type AuditResult } from '../../audit/result.ts';
import type { EvidenceBundle } from '../../chain/evidence.ts';
import { issueWords } from '../../signature/verify.ts';
import { UsageError } from '../errors.ts';
import { readText } from '../read-text.ts';

const NEXT = 'Give what `taskbound audit --json` printed about this bundle.';

/**
 * Reads an audit's result and checks that it is about this very chain: a verdict about another task, or about the same task when it had
 * other events, must not stand beside it. Throws `UsageError` or `MalformedRequest`.
 */
export async function readAudit(path: string, bundle: EvidenceBundle, cwd: string): Promise<AuditResult> {
  const text = await readText(path, cwd, 'The audit');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not valid JSON, so it is no audit's result. ${NEXT}`);
  }
  const parsed = auditResult.safeParse(value);
  if (!parsed.success) {
    throw new UsageError(`${path} is not an audit's result: ${issueWords(parsed.error)}. ${NEXT}`);
  }
  const { boundaryId, headHash } = parsed.data;
  const head = bundle.events.at(-1)?.hash;
  if (boundaryId !== bundle.boundaryId)
    throw new UsageError(
      `${path} is an audit of ${JSON.stringify(boundaryId)}, and the bundle is of ${JSON.stringify(bundle.boundaryId)}. ${NEXT}`,
    );
  if (headHash !== head)
    throw new UsageError(
      `${path} is an audit of the chain that ends with ${headHash}, and the bundle's ends with ${head ?? 'nothing'}. ${NEXT}`,
    );
  return parsed.data;
}
