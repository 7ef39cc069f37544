// The layer rules of docs/architecture.md, checked by `make check`.
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const src = names => `^src/(${names.join('|')})/`;
const test = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle has no bottom: nothing in it can be understood alone.', {}, { circular: true }),
    forbid(
      'base-at-the-bottom',
      'base imports nothing of ours.',
      { path: src(['base']), pathNot: test },
      { path: '^src/', pathNot: src(['base']) },
    ),
    forbid(
      'resources-at-the-bottom',
      'resources imports nothing of ours.',
      { path: src(['resources']), pathNot: test },
      { path: '^src/', pathNot: src(['resources']) },
    ),
    forbid(
      'net-above-resources',
      'net imports at most resources.',
      { path: src(['net']), pathNot: test },
      { path: '^src/', pathNot: src(['net', 'resources']) },
    ),
    forbid(
      'compilers-are-pure',
      'Compilers import values, kinds and types of rows; never a client, a process or the clock.',
      { path: src(['compile']), pathNot: test },
      {
        path: '^src/|^node:(?!util|crypto)',
        pathNot: [...[src(['compile', 'net', 'resources'])], '^src/ovsdb/generated/', '^src/converge/piece\\.ts$'],
      },
    ),
    forbid(
      'converge-knows-no-target',
      'The engine knows targets only by their interface.',
      { path: src(['converge']), pathNot: test },
      { path: '^src/', pathNot: src(['converge', 'resources', 'net', 'base']) },
    ),
    ...['kube', 'ovsdb', 'host'].map(name =>
      forbid(
        `${name}-stands-alone`,
        'Clients know neither the compilers, nor the controllers, nor each other.',
        { path: src([name]), pathNot: test },
        { path: '^src/', pathNot: src([name, 'resources', 'net', 'base']) },
      ),
    ),
    forbid(
      'apiserver-stands-alone',
      'The embedded API knows no kind by name, so it needs nothing of ours.',
      { path: src(['apiserver']), pathNot: test },
      { path: '^src/', pathNot: src(['apiserver']) },
    ),
    forbid(
      'controllers-below-programs',
      'Controllers never know which programs run them.',
      { path: src(['controllers']), pathNot: test },
      { path: src(['lab', 'cli', 'main', 'apiserver', 'host']) },
    ),
    forbid('only-main-wires', 'Nothing imports main.', { pathNot: src(['main']) }, { path: src(['main']) }),
    forbid(
      'cli-and-lab-below-main',
      "The lab starts programs; it does not import controllers. Its own, of Kubernetes' kinds, use the engine's queue.",
      { path: src(['lab', 'cli']), pathNot: test },
      {
        path: '^src/',
        pathNot: [
          src(['lab', 'cli', 'kube', 'host', 'ovsdb', 'resources', 'net', 'base']),
          '^src/converge/queue\\.ts$',
        ],
      },
    ),
    forbid(
      'tests-not-imported',
      'Sources never import tests.',
      { path: '^src/', pathNot: test },
      { path: [test, '^test/'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
