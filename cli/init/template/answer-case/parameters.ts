import { Parameter } from 'taskbound';

/** What a request contains. The stack declares it, and the work function and the tests have its types. */
export const parameters = {
  caseId: Parameter.token(), // letters, digits, _ and -
};
