import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { startPlugin } from '@clnrest/lightningd/testing';
import { temporaryDirectory } from '@clnrest/testing';
import { runSync } from '@clnrest/testing/programs';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Compiles each recipe of the page about hooks, runs it, and checks that it registers its hook. */
const ROOT = new URL('..', import.meta.url).pathname;
const page = readFileSync(join(ROOT, 'docs/reference/hooks.md'), 'utf8');
const [, first = ''] = /```ts\n([^]*?)```/.exec(page) ?? [];

interface Recipe {
  readonly hook: string;
  readonly program: string;
}

/** The recipes by the heading before them. The first program of the page has no heading. */
const recipes: Recipe[] = [
  { hook: 'peer_connected', program: first },
  ...[...page.matchAll(/^### `(\w+)`$([^]*?)(?=^##|$(?![^]))/gm)].flatMap(
    ([, hook = '', text = '']) => {
      const [, code] = /```ts recipe\n([^]*?)```/.exec(text) ?? [];
      return code === undefined ? [] : [{ hook, program: programOf(code) }];
    },
  ),
];

/** A recipe continues the first program: its imports come first, and the plugin runs last. */
function programOf(code: string): string {
  const imports = [...code.matchAll(/^import .*\n/gm)].join('');
  const body = code.replaceAll(/^import .*\n/gm, '');
  return `${imports}import { Plugin } from '@clnrest/lightningd';\n\nconst plugin = new Plugin();\n${body}\nvoid plugin.run();\n`;
}

test('the page has a recipe for each hook', () => {
  const hooks = readdirSync(join(ROOT, 'packages/commands/facts/hooks'));
  expect(recipes.map(({ hook }) => hook).toSorted()).toEqual(
    hooks.map((file) => basename(file, '.json')).toSorted(),
  );
});

test('each recipe compiles', { timeout: 120_000 }, () => {
  const directory = temporaryDirectory();
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.base.json'),
      compilerOptions: { noEmit: true },
      include: ['*.ts'],
    }),
  );
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  for (const { hook, program } of recipes) writeFileSync(join(directory, `${hook}.ts`), program);
  runSync(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(directory, 'tsconfig.json'),
  ]);
});

test.each(recipes)('the recipe for $hook registers the hook', async ({ hook, program }) => {
  const outfile = join(temporaryDirectory(), 'plugin.mjs');
  await build({
    stdin: { contents: program, resolveDir: join(ROOT, 'test'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@clnrest/source'],
    logLevel: 'error',
  });
  await using plugin = await startPlugin(outfile);
  expect(plugin.manifest['hooks']).toEqual([expect.objectContaining({ name: hook })]);
});
