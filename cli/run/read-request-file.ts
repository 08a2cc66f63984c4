import {
  parsePlannedRequest,
  parseRequest,
  type PlannedRequest,
  type TaskRequest,
} from '../../core/requests/request.ts';
import { parseStrictJson } from '../../core/requests/strict-json.ts';
import { readText } from 'taskbound-evidence/command/read-text';

/** Reads and parses a request file. Throws `MalformedRequest`. */
export const readRequestFile = async (path: string, cwd: string): Promise<TaskRequest> =>
  parseRequest(await readRequestJson(path, cwd));

/** Reads and parses a request file for a plan, which needs no reason. Throws `MalformedRequest`. */
export const readPlannedRequestFile = async (path: string, cwd: string): Promise<PlannedRequest> =>
  parsePlannedRequest(await readRequestJson(path, cwd));

async function readRequestJson(path: string, cwd: string): Promise<unknown> {
  const text = await readText(path, cwd, 'The request file');
  return parseStrictJson(text, `The request file ${JSON.stringify(path)}`);
}
