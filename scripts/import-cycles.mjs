// Checks the imports of the repository, type-only ones included: `node scripts/import-cycles.mjs [directory]`. Prints each
// cycle and each import between packages that ARCHITECTURE.md does not allow, and exits with 1 if there are any.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSpecifiers } from './import-specifiers.mjs';

/** The table at the top of ARCHITECTURE.md: the packages that each package can import. */
const ALLOWED_IMPORTS = {
  bounds: [],
  json: [],
  commands: [],
  runes: ['json'],
  lightningd: ['bounds', 'json', 'commands'],
  client: ['bounds', 'json', 'commands', 'runes'],
  commando: ['bounds', 'json', 'commands', 'runes', 'client'],
  pages: ['bounds', 'json', 'commands', 'runes', 'lightningd', 'client'],
  gateway: ['bounds', 'json', 'commands', 'runes', 'lightningd', 'pages'],
  sandbox: ['bounds', 'json', 'commands', 'runes', 'lightningd', 'client', 'commando'],
  clnrest: [
    'bounds',
    'json',
    'commands',
    'runes',
    'lightningd',
    'client',
    'commando',
    'pages',
    'gateway',
    'sandbox',
  ],
  testing: ['json', 'commands', 'lightningd'],
};

/** Helpers for tests, which any package's tests and test helpers can import. */
const TEST_HELPERS = 'testing';
const TEST_FILE = /\.test\.ts$|\/testing\//;

const IGNORED_DIRECTORIES = new Set(['node_modules', 'dist']);
const SOURCE_FILE = /\.(?:ts|mjs|js)$/;

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const graph = importGraph();
const problems = [...findCycles(graph).map(cycleText), ...findForbidden(graph)];
for (const problem of problems) console.log(problem);
console.log(
  problems.length === 0 ? 'imports: no findings' : `imports: ${problems.length} findings`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Returns the files that each file imports, by paths from the root. */
function importGraph() {
  const entries = packageEntries();
  const files = sourceFiles(root);
  return new Map(
    files.map((file) => {
      const specifiers = importSpecifiers(readFileSync(join(root, file), 'utf8'));
      const targets = specifiers.flatMap((specifier) => resolveImport(specifier, file, entries));
      return [file, [...new Set(targets)]];
    }),
  );
}

function sourceFiles(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      const isIgnored = entry.name.startsWith('.') || IGNORED_DIRECTORIES.has(entry.name);
      return isIgnored ? [] : sourceFiles(path);
    }
    return entry.isFile() && SOURCE_FILE.test(entry.name) ? [pathFromRoot(path)] : [];
  });
}

/** Resolves a specifier to files of the repository; packages from elsewhere resolve to nothing. */
function resolveImport(specifier, importer, entries) {
  if (specifier.startsWith('.')) {
    const path = resolve(root, dirname(importer), specifier);
    return existsSync(path) && SOURCE_FILE.test(path) ? [pathFromRoot(path)] : [];
  }
  if (specifier.startsWith('#')) return entries.get(`${packageOf(importer)}${specifier}`) ?? [];
  return entries.get(specifier) ?? [];
}

/**
 * Returns the source files of each entry point, `@clnrest/runes/bolt11`, and of each private one, `client#transport`. A
 * conditional entry has several.
 */
function packageEntries() {
  const packages = join(root, 'packages');
  const entries = new Map();
  for (const directory of existsSync(packages) ? readdirSync(packages) : []) {
    const manifestFile = join(packages, directory, 'package.json');
    if (!existsSync(manifestFile)) continue;
    const { name, exports = {}, imports = {} } = JSON.parse(readFileSync(manifestFile, 'utf8'));
    const files = (value) =>
      sourcesOf(value).map((file) => pathFromRoot(join(packages, directory, file)));
    for (const [path, value] of Object.entries(exports)) {
      entries.set(name + path.slice(1), files(value));
    }
    for (const [path, value] of Object.entries(imports))
      entries.set(directory + path, files(value));
  }
  return entries;
}

/** Returns the files under the condition `source`, at any depth. */
function sourcesOf(conditions) {
  if (typeof conditions !== 'object' || conditions === null) return [];
  return Object.entries(conditions).flatMap(([condition, value]) =>
    condition === '@clnrest/source' && typeof value === 'string' ? [value] : sourcesOf(value),
  );
}

/** Returns cycles such that each file of a cycle is in at least one of them. */
function findCycles(graph) {
  const seen = new Set();
  const cycles = [];
  for (const file of graph.keys()) {
    if (seen.has(file)) continue;
    const cycle = shortestCycle(graph, file);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const each of cycle) seen.add(each);
  }
  return cycles;
}

/** Searches breadth first for the shortest way from a file back to itself. */
function shortestCycle(graph, start) {
  const importers = new Map();
  const queue = [start];
  for (const file of queue) {
    for (const target of graph.get(file) ?? []) {
      if (target === start) return pathTo(file, importers);
      if (importers.has(target)) continue;
      importers.set(target, file);
      queue.push(target);
    }
  }
  return undefined;
}

function pathTo(file, importers) {
  const importer = importers.get(file);
  return importer === undefined ? [file] : [...pathTo(importer, importers), file];
}

function cycleText(cycle) {
  return `import cycle of ${cycle.length}:\n${[...cycle, cycle[0]].map((file) => `  ${file}`).join('\n')}`;
}

/** Returns the imports that leave a package against the table. */
function findForbidden(graph) {
  return [...graph].flatMap(([file, targets]) => {
    const importer = packageOf(file);
    if (importer === undefined) return [];
    const allowed = ALLOWED_IMPORTS[importer];
    if (allowed === undefined) return [`${file}: add package ${importer} to ALLOWED_IMPORTS`];
    const own = TEST_FILE.test(file) ? [importer, TEST_HELPERS] : [importer];
    return targets
      .filter((target) => ![...own, ...allowed].includes(packageOf(target)))
      .map((target) => `${file}: must not import ${target}`);
  });
}

/** Returns the name of the package's directory; undefined outside of packages. */
function packageOf(file) {
  return /^packages\/([^/]+)\//.exec(file)?.[1];
}

function pathFromRoot(path) {
  return relative(root, path).split(sep).join('/');
}
