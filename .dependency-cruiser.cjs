/** Who may import whom: docs/architecture.md draws it, this file enforces it. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'missions-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^missions/' },
      to: { path: '^(src|firmware-bridge|sim|test)/' },
    },
    {
      name: 'missions-does-no-io',
      comment:
        'Planning is pure: no files, sockets, processes or timers of Node (tests and fixtures excepted).',
      severity: 'error',
      from: { path: '^missions/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'verifier-shares-no-code-with-the-planners',
      comment: 'A fault in shared code would be blind to itself: only the shared words may be imported.',
      severity: 'error',
      from: { path: '^missions/verify/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: {
        path: '^missions/',
        pathNot: '^missions/(verify/|model\\.ts$|model/|mission-item\\.ts$|plan-issue\\.ts$)',
      },
    },
    {
      name: 'planners-import-nothing-of-the-verifier',
      severity: 'error',
      from: { path: '^missions/', pathNot: '^missions/(verify/|index\\.ts$)|\\.(test|fixture)\\.ts$' },
      to: { path: '^missions/verify/' },
    },
    {
      name: 'bridge-imports-only-mission-items',
      severity: 'error',
      from: { path: '^firmware-bridge/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|sim|test|missions)/', pathNot: '^missions/mission-item\\.ts$' },
    },
    {
      name: 'sim-imports-only-codec-and-missions',
      severity: 'error',
      from: { path: '^sim/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|test|firmware-bridge)/', pathNot: '^firmware-bridge/codec/' },
    },
    {
      name: 'src-never-imports-sim',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(sim|test)/' },
    },
    {
      name: 'src-uses-the-bridge-by-its-door',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^firmware-bridge/', pathNot: '^firmware-bridge/(index|model)\\.ts$' },
    },
    {
      name: 'console-imports-only-contract',
      severity: 'error',
      from: { path: '^src/console/' },
      to: { path: '^(src|firmware-bridge|missions|sim|test)/', pathNot: '^src/(console|contract)/' },
    },
    {
      name: 'nothing-imports-console',
      severity: 'error',
      from: { pathNot: '^(src/console|test)/' },
      to: { path: '^src/console/' },
    },
    {
      name: 'contract-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { path: '^(src|firmware-bridge|missions|sim|test)/', pathNot: '^src/contract/' },
    },
    {
      name: 'node-mavlink-stops-at-the-codec',
      severity: 'error',
      from: { pathNot: '^(firmware-bridge/codec/|test/)' },
      to: { path: 'node_modules/(node-mavlink|mavlink-mappings)/' },
    },
    {
      name: 'sqlite-stops-at-the-store',
      severity: 'error',
      from: { pathNot: '^(src/store/|test/)' },
      to: { path: 'node_modules/better-sqlite3/' },
    },
    {
      name: 'serialport-stops-at-the-transport',
      severity: 'error',
      from: { pathNot: '^firmware-bridge/transport/' },
      to: { path: 'node_modules/(serialport|@serialport)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|^artifacts/)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
