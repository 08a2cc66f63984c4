import { parseRequest, type TaskRequest } from '../../core/requests/request.ts';
import { parseStrictJson } from '../../core/requests/strict-json.ts';
import { readText } from 'taskbound-evidence/command/read-text';

/** Reads and parses a request file. Throws `MalformedRequest`. */
export async function readRequestFile(path: string, cwd: string): Promise<TaskRequest> {
  const text = await readText(path, cwd, 'The request file');
  return parseRequest(parseStrictJson(text, `The request file ${JSON.stringify(path)}`));
}
