import tseslint from 'typescript-eslint';

/** The import arrows of docs/architecture.md: what each folder may not reach for, and why. */
const arrows = (folder, groups, message) => ({
  files: [`${folder}/**/*.ts`],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: groups, message }] }] },
});

export default tseslint.config(
  { ignores: ['node_modules', 'cdk.out', 'out'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      complexity: ['error', 15],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is a port: use the Clock.' },
        { object: 'Math', property: 'random', message: 'Randomness is drawn with node:crypto, at the edge.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  arrows(
    'core',
    [
      '**/lib/**',
      '**/lambdas/**',
      '**/local/**',
      '**/cli/**',
      '@aws-sdk/*',
      'aws-cdk-lib',
      'aws-cdk-lib/*',
      'node:fs',
      'node:fs/*',
      'node:http',
      'node:child_process',
      'node:process',
    ],
    'core is pure: it imports nothing of ours, no SDK, no CDK, no input or output.',
  ),
  arrows(
    'lambdas',
    ['**/lib/**', '**/local/**', '**/cli/**', 'aws-cdk-lib', 'aws-cdk-lib/*'],
    'A function imports core and its siblings only.',
  ),
  arrows('lib', ['**/local/**', '**/cli/**', '**/lambdas/**', '@aws-sdk/*'], 'Constructs import core only.'),
  arrows(
    'local',
    ['**/lib/**', '**/cli/**', '**/lambdas/**', 'aws-cdk-lib', 'aws-cdk-lib/*'],
    'The embedded AWS reads the template and the bundles, never the constructs or the sources of the functions.',
  ),
  { files: ['**/*clock.ts'], rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' } },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off', complexity: 'off' } },
);
