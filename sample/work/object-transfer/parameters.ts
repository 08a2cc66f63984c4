import { Parameter } from '../../../lib/index.ts';

/** What a request contains. The work function imports only its type, so its bundle contains no constructs. */
export const transferParameters = { sourceKey: Parameter.s3Key(), destinationKey: Parameter.s3Key() };
