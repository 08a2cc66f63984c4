import { describe, expect, expectTypeOf, it } from 'vitest';
import { Parameter, type BoundedTask } from 'taskbound';
import { defineWork, type ParametersOf, type Task } from 'taskbound/runtime';
import type { RequestOf, submit, TaskRequest } from 'taskbound/client';
import { fakeTask } from 'taskbound/testing';
import { parameterSpec } from '../../../core/task-types/parameters.ts';

const parameters = {
  caseId: Parameter.token(),
  priority: Parameter.integer({ min: 1, max: 3 }),
  language: Parameter.oneOf('en', 'de'),
  source: Parameter.s3Key(),
  folder: Parameter.s3Prefix(),
};
type Declared = typeof parameters;

const VALUES = { caseId: 'C-1', priority: 2, language: 'de', source: 'a.csv', folder: 'b/' } as const;

describe('the parameters of a declaration', () => {
  it('have the types of their kinds', () => {
    expectTypeOf<ParametersOf<Declared>>().toEqualTypeOf<{
      readonly caseId: string;
      readonly priority: number;
      readonly language: 'en' | 'de';
      readonly source: string;
      readonly folder: string;
    }>();
  });

  it('are any texts and numbers without a declaration', () => {
    expectTypeOf<ParametersOf>().toEqualTypeOf<{ readonly [name: string]: string | number }>();
    expectTypeOf<Task['parameters']>().toEqualTypeOf<ParametersOf>();
  });

  it('may be declared on a task type, and remain valid for its schema', () => {
    type Props = ConstructorParameters<typeof BoundedTask>[2];
    expectTypeOf<Declared>().toExtend<NonNullable<Props['parameters']>>();
    for (const spec of Object.values(parameters)) expect(parameterSpec.parse(spec)).toEqual(spec);
  });
});

describe('the work function', () => {
  it('has the declared parameters', () => {
    defineWork<Declared>(async (task) => {
      expectTypeOf(task.parameters.language).toEqualTypeOf<'en' | 'de'>();
      expectTypeOf(task.parameters.priority).toEqualTypeOf<number>();
      // @ts-expect-error -- not declared
      return task.parameters.elsewhere;
    });
  });

  it('takes its declaration from the function that it is given', () => {
    const answer = async (task: Task<Declared>) => ({ answered: task.parameters.caseId });
    defineWork(answer);
    // @ts-expect-error -- the function needs parameters that this declaration does not have
    defineWork<{ other: Declared['caseId'] }>(answer);
  });

  it('has any parameters without a declaration', () => {
    defineWork(async (task) => {
      expectTypeOf(task).toEqualTypeOf<Task>();
      return task.parameters['caseId'] ?? null;
    });
  });
});

describe('fakeTask', () => {
  it('requires the declared parameters', () => {
    const task = fakeTask<Declared>({ parameters: VALUES });
    expectTypeOf(task.parameters).toEqualTypeOf<ParametersOf<Declared>>();
    expect(task.parameters).toEqual(VALUES);
    // @ts-expect-error -- the parameters are missing
    fakeTask<Declared>();
    // @ts-expect-error -- the parameters are missing
    fakeTask<Declared>({ taskId: 'mine' });
    // @ts-expect-error -- a declared parameter is missing
    fakeTask<Pick<Declared, 'caseId' | 'priority'>>({ parameters: { caseId: 'C-1' } });
    // @ts-expect-error -- of another type
    fakeTask<Pick<Declared, 'priority'>>({ parameters: { priority: '2' } });
    // @ts-expect-error -- not one of the declared values
    fakeTask<Pick<Declared, 'language'>>({ parameters: { language: 'fr' } });
    // @ts-expect-error -- not declared
    fakeTask<Pick<Declared, 'caseId'>>({ parameters: { caseId: 'C-1', caseid: 'C-1' } });
  });

  it('has the parameters that are given, and suits only work functions with these parameters', () => {
    const answer = async (task: Task<Pick<Declared, 'caseId'>>) => task.parameters.caseId;
    void answer(fakeTask({ parameters: { caseId: 'C-1' } }));
    // @ts-expect-error -- of another type
    void answer(fakeTask({ parameters: { caseId: 1 } }));
  });

  it('needs no parameters without a declaration, or when none is declared', () => {
    expect(fakeTask().parameters).toEqual({});
    expect(fakeTask<Record<never, never>>().parameters).toEqual({});
    expect(fakeTask({ parameters: { any: 1 } }).parameters).toEqual({ any: 1 });
  });
});

describe('a request', () => {
  type Case = Pick<Declared, 'caseId'>;

  it('has the declared parameters', () => {
    const request: RequestOf<Case> = { type: 'answer', reason: 'r', parameters: { caseId: 'C-1' } };
    expectTypeOf(request.parameters).toEqualTypeOf<ParametersOf<Case>>();
    expectTypeOf<typeof submit<Case>>().parameter(0).toEqualTypeOf<RequestOf<Case>>();
    // @ts-expect-error -- the parameters are missing
    const missing: RequestOf<Case> = { type: 'answer', reason: 'r' };
    // @ts-expect-error -- of another type
    const wrong: RequestOf<Case> = { type: 'answer', reason: 'r', parameters: { caseId: 1 } };
    expect([missing, wrong]).toHaveLength(2);
  });

  it('needs no parameters when none is declared, and has any without a declaration', () => {
    expectTypeOf<{ type: string; reason: string }>().toExtend<RequestOf<Record<never, never>>>();
    expectTypeOf<{ type: string; reason: string }>().toExtend<RequestOf>();
    expectTypeOf<TaskRequest>().toExtend<RequestOf>();
    expectTypeOf<TaskRequest>().not.toExtend<RequestOf<Case>>();
  });
});
