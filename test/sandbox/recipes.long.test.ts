import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { runSync } from '@clnrest/testing/programs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = join(ROOT, 'docs/guide/testing.md');
const PYTHON = process.env['CLNREST_TEST_PYLN'];

/** Returns the block of the page with that file name. */
function recipe(file: string): string {
  const blocks = readFileSync(PAGE, 'utf8').matchAll(/^```\w+ (\S+)\n([^]*?)^```/gm);
  const code = Array.from(blocks).find(([, name]) => name === file)?.[2];
  if (code === undefined) throw new Error(`the page has no ${file}`);
  return code;
}

/** Creates a project in the repository, so that vitest and the packages are found, with `@clnrest/sandbox` as one file. */
async function project(): Promise<string> {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/recipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sandbox = join(folder, 'node_modules/@clnrest/sandbox');
  await build({
    entryPoints: [join(ROOT, 'packages/sandbox/src/index.ts')],
    outfile: join(sandbox, 'dist/child-process/index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@clnrest/source'],
  });
  symlinkSync(join(ROOT, 'packages/sandbox/dist/program'), join(sandbox, 'dist/program'));
  const manifest = { type: 'module', exports: './dist/child-process/index.js' };
  writeFileSync(join(sandbox, 'package.json'), JSON.stringify(manifest));
  return folder;
}

test('node:test', async () => {
  const folder = await project();
  writeFileSync(join(folder, 'recipe.test.mjs'), recipe('node-test.test.mjs'));
  const output = runSync(process.execPath, ['--test', 'recipe.test.mjs'], {}, folder);
  expect(output).toMatch(/^# pass 1$/m);
  expect(output).toMatch(/^# fail 0$/m);
});

test('vitest', async () => {
  const folder = await project();
  writeFileSync(join(folder, 'recipe.test.mjs'), recipe('vitest.test.mjs'));
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  expect(runSync(process.execPath, [vitest, 'run'], { NO_COLOR: '1' }, folder)).toMatch(
    /Tests {2}2 passed/,
  );
});

test('pytest and pyln-client', async (context) => {
  if (PYTHON === undefined) return context.skip('CLNREST_TEST_PYLN is not set');
  const folder = await project();
  const command = `CLNREST = [${JSON.stringify(process.execPath)}, ${JSON.stringify(join(ROOT, 'packages/clnrest/bin/clnrest.js'))}]`;
  const fixture = recipe('conftest.py').replace(/^CLNREST = .*$/m, command);
  // pytest is not necessary to run a fixture of one value.
  const program = [
    'import sys, types',
    'sys.modules["pytest"] = types.SimpleNamespace(fixture=lambda **_: lambda function: function)',
    fixture,
    recipe('test_invoice.py'),
    'values = node()',
    'test_invoice_is_paid(next(values))',
    'next(values, None)',
    'print("passed")',
  ].join('\n');
  writeFileSync(join(folder, 'recipe.py'), program);
  expect(runSync(PYTHON, ['recipe.py'], {}, folder)).toContain('passed');
});
