import type { RawRequest, RawResponse } from '../gateway/service.ts';

/** Sends requests to the embedded AWS, whatever host they name. */
export type Transport = (request: RawRequest) => Promise<RawResponse>;
