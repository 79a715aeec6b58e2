// Runs a TypeScript file of this repository: `node scripts/run.mjs bench/run.ts …`. Node 20 does not support types, so
// esbuild bundles the file first, except for the external packages.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { embedParser } from './parser-program.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [file, ...args] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node scripts/run.mjs FILE [arguments]');

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [file],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  conditions: ['@clnrest/source'],
  external: ['libsql', '@sqlite.org/sqlite-wasm', 'esbuild', 'playwright-core', 'prettier'],
  plugins: [embedParser()],
  define: { 'import.meta.dirname': JSON.stringify(dirname(join(root, file))) },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
// In the repository, so that Node finds the external packages.
const directory = await mkdtemp(join(root, 'node_modules/.run-'));
try {
  const bundle = join(directory, 'bundle.mjs');
  await writeFile(bundle, outputFiles[0].contents);
  process.argv.splice(1, process.argv.length - 1, bundle, ...args);
  await import(pathToFileURL(bundle).href);
} finally {
  await rm(directory, { recursive: true, force: true });
}
