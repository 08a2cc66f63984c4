/**
 * Which folder may import which: docs/architecture.md, "Packages and layout". Type imports count.
 * https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */
const AWS_OR_CDK = '^node_modules/(@aws-sdk|@smithy|aws-cdk-lib|constructs)/';
const INPUT_OUTPUT = '^(node:)?(fs|fs/promises|http|https|net|child_process|process|worker_threads)$';

/** A folder, all that it may import of ours besides itself, and why. */
const arrows = (folder, allowed, comment) => ({
  name: `arrows-of-${folder.replace('packages/', '')}`,
  comment,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: {
    path: '^(bin|cli|client|core|lambdas|lib|packages|sample|scripts|simulation|test|testing)/',
    pathNot: [folder, ...allowed].map((each) => `^${each}/`),
  },
});

const [iam, evidence, time, local] = ['iam', 'evidence', 'time', 'local'].map((name) => `packages/${name}`);
const PACKAGES = [iam, evidence, time];

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that import each other cannot be read, moved or tested one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    arrows(iam, [], 'IAM policies are a package of their own: it imports nothing of ours.'),
    arrows(time, [], 'Clocks and schedules are a package of their own: it imports nothing of ours.'),
    arrows(evidence, [iam], 'An auditor installs evidence alone: only the policy evaluator comes with it.'),
    arrows(local, [iam, time], 'The embedded AWS reads templates and bundles, never constructs or sources.'),
    arrows('core', PACKAGES, 'Rules are pure and know nobody who applies them.'),
    arrows('lambdas', ['core', ...PACKAGES], 'A function imports rules and its siblings only.'),
    arrows(
      'testing',
      ['core', 'lambdas/runtime', 'client', 'cli', ...PACKAGES, local],
      'What tests of a task type import: the runtime, and what the commands use to run a task locally.',
    ),
    arrows('lib', ['core', ...PACKAGES], 'Constructs import rules only: functions are bundled by path.'),
    arrows(
      'client',
      ['core', ...PACKAGES],
      'What programs import: rules and calls, no constructs and no commands.',
    ),
    arrows(
      'cli',
      ['client', 'core', ...PACKAGES, local],
      'Commands reach a stack through AWS only, and know no app.',
    ),
    {
      name: 'nothing-imports-test',
      comment: 'What tests and programs share is no test: put it where both can reach it.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'functions-stay-apart',
      comment:
        'Control functions share lambdas/control, not each other. A scheduled run is submitted like any other.',
      severity: 'error',
      from: { path: '^lambdas/(?!control/|runtime/)([^/]+)/' },
      to: {
        path: '^lambdas/',
        pathNot: ['^lambdas/control/', '^lambdas/$1/', '^lambdas/submit/submit\\.ts$'],
      },
    },
    {
      name: 'rules-are-pure',
      comment: 'No SDK, no CDK, no files, network or process in rules, policies and time.',
      severity: 'error',
      from: { path: `^(core|${iam}|${time})/` },
      to: { path: [AWS_OR_CDK, INPUT_OUTPUT] },
    },
    {
      name: 'constructs-call-no-aws',
      comment: 'A construct describes; it calls nothing.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^node_modules/@aws-sdk/' },
    },
    {
      name: 'functions-need-no-cdk',
      comment: 'A bundle holds no constructs.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'verify-needs-no-aws',
      comment: 'Verification is offline: whatever it loads, no AWS SDK and no CDK is in it.',
      severity: 'error',
      from: { path: `^${evidence}/command/(verify|report|controls)/` },
      to: { path: AWS_OR_CDK, reachable: true },
    },
    {
      name: 'not-resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The files of a new app are a user's: they import the package by its name.
    exclude: { path: '^(out|cdk\\.out|cli/init/template)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
