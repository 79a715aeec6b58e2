import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';

const SCRIPT = new URL('../scripts/import-cycles.mjs', import.meta.url).pathname;

/** Runs the check on a repository with the given files. */
async function checkImports(files: Readonly<Record<string, string>>) {
  const root = temporaryDirectory();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT, root], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

/** Returns the files of a package with one entry point. */
function library(directory: string, source: string): Record<string, string> {
  const exports = { '.': { '@clnrest/source': './src/index.ts', default: './dist/index.js' } };
  const manifest = { name: `@clnrest/${directory}`, exports };
  return {
    [`packages/${directory}/package.json`]: JSON.stringify(manifest),
    [`packages/${directory}/src/index.ts`]: source,
  };
}

test.each([
  ['import', "import { b } from './b.ts';"],
  ['import over several lines', "import {\n  b,\n} from './b.ts';"],
  ['type import', "import type { B } from './b.ts';"],
  ['import for side effects', "import './b.ts';"],
  ['export', "export * from './b.ts';"],
  ['dynamic import', "const b = () => import('./b.ts');"],
  ['type of a dynamic import', "type B = import('./b.ts').B;"],
  ['import after a regular expression', "const quote = /['`/*]/;\nimport { b } from './b.ts';"],
  ['import in a template', "const text = `${await import('./b.ts')} {`;"],
])('finds a cycle through an %s', async (_, a) => {
  const { status, lines } = await checkImports({
    'test/a.ts': a,
    'test/b.ts': "import type { C } from './c.ts';",
    'test/c.ts': "import type { A } from './a.ts';\nimport './other.ts';",
    'test/other.ts': "import './a.ts';",
  });
  expect(status).toBe(1);
  expect(lines.slice(0, 5)).toEqual([
    'import cycle of 3:',
    '  test/a.ts',
    '  test/b.ts',
    '  test/c.ts',
    '  test/a.ts',
  ]);
  expect(lines).toContain('  test/other.ts');
});

test.each([
  ['comment', "// import './b.ts';\n/* import './b.ts'; */"],
  ['string', 'const text = "import \'./b.ts\';";'],
  ['template', "const text = `${1}\nimport './b.ts';\n`;"],
])('ignores an import in a %s', async (_, a) => {
  const files = { 'test/a.ts': a, 'test/b.ts': "import './a.ts';" };
  expect(await checkImports(files)).toEqual({ status: 0, lines: ['imports: no findings'] });
});

test('finds a file that imports itself', async () => {
  const { status, lines } = await checkImports({ 'test/a.ts': "import './a.ts';" });
  expect([status, lines[0]]).toEqual([1, 'import cycle of 1:']);
});

test('finds a cycle between packages, and imports that the architecture forbids', async () => {
  const { status, lines } = await checkImports({
    ...library('client', "import type { Rune } from '@clnrest/runes';\nimport 'ws';"),
    ...library('runes', "import type { Client } from '@clnrest/client';"),
    'packages/bounds/src/queue.ts': "import '../../../test/support.ts';",
    'packages/other/src/index.ts': '',
    'test/support.ts': '',
  });
  expect(status).toBe(1);
  expect(lines).toEqual([
    'import cycle of 2:',
    '  packages/client/src/index.ts',
    '  packages/runes/src/index.ts',
    '  packages/client/src/index.ts',
    'packages/bounds/src/queue.ts: must not import test/support.ts',
    'packages/other/src/index.ts: add package other to ALLOWED_IMPORTS',
    'packages/runes/src/index.ts: must not import packages/client/src/index.ts',
    'imports: 4 findings',
  ]);
});
