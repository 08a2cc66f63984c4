import { createHash } from 'node:crypto';
import { AwsError } from '../gateway/service.ts';
import { countIn, type ReadRoute } from '../gateway/wire/rest-routes.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { FunctionRegistry } from '../lambda/registry.ts';
import { FunctionViews } from './function-views.ts';
import { pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import type { StackResources } from './stack-resources.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
const PAGE = [10_000, 50] as const;
const PAGED = ['Marker', 'MaxItems'];

const listed = <T>(all: readonly T[], query: ReadonlyMap<string, string>) => {
  const page = { token: query.get('Marker'), size: countIn(query, 'MaxItems', PAGE) };
  return pageOf(all, { ...page, invalid: 'InvalidParameterValueException' });
};

const notFound = (name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `The resource you requested does not exist: ${name}`, 404, {
    Type: 'User',
  });

/** The calls that describe functions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export function lambdaReads(registry: FunctionRegistry, resources: StackResources): readonly ReadRoute[] {
  const views = new FunctionViews(registry, resources);
  return [...listRoutes(registry, views), ...functionRoutes(views), ...accessRoutes(registry, views)];
}

const listRoutes = (registry: FunctionRegistry, views: FunctionViews): readonly ReadRoute[] => [
  {
    operation: 'ListFunctions',
    path: /^\/2015-03-31\/functions\/?$/,
    query: [...PAGED, 'FunctionVersion'],
    answer: (_parameters, query, call) => {
      authorizeRead(call, { action: 'lambda:ListFunctions', resource: '*' });
      const isAll = query.has('FunctionVersion');
      const all = registry
        .all()
        .flatMap(({ latest, versions }) => (isAll ? [latest, ...versions] : [latest]));
      const { items, next } = listed(all, query);
      return { Functions: items.map((fn) => views.describe(fn)), NextMarker: next };
    },
  },
  {
    operation: 'ListVersionsByFunction',
    path: /^\/2015-03-31\/functions\/([^/]+)\/versions$/,
    query: PAGED,
    answer: ([name = ''], query, call) => {
      const { spec } = views.find(name, query, call, 'ListVersionsByFunction').fn;
      const { items, next } = listed(views.versions(spec.name), query);
      return { Versions: items.map((fn) => views.describe(fn, `${spec.arn}:$LATEST`)), NextMarker: next };
    },
  },
  {
    operation: 'ListAliases',
    path: /^\/2015-03-31\/functions\/([^/]+)\/aliases$/,
    query: [...PAGED, 'FunctionVersion'],
    answer: ([name = ''], query, call) => {
      views.find(name, query, call, 'ListAliases');
      return { Aliases: [] };
    },
  },
];

const functionRoutes = (views: FunctionViews): readonly ReadRoute[] => [
  {
    operation: 'GetFunction',
    path: /^\/2015-03-31\/functions\/([^/]+)$/,
    query: ['Qualifier'],
    answer: ([name = ''], query, call) => {
      const { fn, invokedArn } = views.find(name, query, call, 'GetFunction');
      // The code is on this machine, and not behind a URL.
      const Code = { RepositoryType: 'S3' };
      return { Configuration: views.describe(fn, invokedArn), Code, Tags: views.tags(fn.spec.name) };
    },
  },
  {
    operation: 'GetFunctionConfiguration',
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    query: ['Qualifier'],
    answer: ([name = ''], query, call) => {
      const { fn, invokedArn } = views.find(name, query, call, 'GetFunctionConfiguration');
      return views.describe(fn, invokedArn);
    },
  },
  {
    operation: 'GetFunctionConcurrency',
    path: /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/,
    query: [],
    answer: ([name = ''], query, call) => {
      const { spec } = views.find(name, query, call, 'GetFunctionConcurrency').fn;
      return omitUndefined({ ReservedConcurrentExecutions: spec.reservedConcurrency });
    },
  },
];

const accessRoutes = (registry: FunctionRegistry, views: FunctionViews): readonly ReadRoute[] => [
  {
    operation: 'GetPolicy',
    path: /^\/2015-03-31\/functions\/([^/]+)\/policy$/,
    query: ['Qualifier'],
    answer: ([name = ''], query, call) => {
      const { resourcePolicy, fn } = views.find(name, query, call, 'GetPolicy');
      if (resourcePolicy === undefined) throw notFound(fn.spec.arn);
      const Policy = JSON.stringify({ Id: 'default', ...resourcePolicy });
      return { Policy, RevisionId: createHash('sha256').update(Policy).digest('hex').slice(0, 32) };
    },
  },
  {
    operation: 'GetFunctionUrlConfig',
    path: /^\/2021-10-31\/functions\/([^/]+)\/url$/,
    query: ['Qualifier'],
    answer: ([name = ''], query, call) => {
      const [url] = views.urls(views.find(name, query, call, 'GetFunctionUrlConfig'));
      if (url === undefined) throw notFound(name);
      return url;
    },
  },
  {
    operation: 'ListFunctionUrlConfigs',
    path: /^\/2021-10-31\/functions\/([^/]+)\/urls$/,
    query: PAGED,
    answer: ([name = ''], query, call) => ({
      FunctionUrlConfigs: views.urls(views.find(name, query, call, 'ListFunctionUrlConfigs')),
    }),
  },
  {
    operation: 'ListTags',
    path: /^\/2017-03-31\/tags\/([^/]+)$/,
    query: [],
    answer: ([arn = ''], _query, call) => {
      authorizeRead(call, { action: 'lambda:ListTags', resource: arn, parameters: { resource: arn } });
      return { Tags: views.tags(registry.resolve(arn, undefined).fn.spec.name) };
    },
  },
];
