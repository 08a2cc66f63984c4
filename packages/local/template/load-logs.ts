import type { Loader } from './load-context.ts';

export const loadLogGroup: Loader = ({ physicalId }, { logs, atMs }) => {
  logs.put(physicalId, atMs);
};
