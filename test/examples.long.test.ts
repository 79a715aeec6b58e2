import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { describe, expect, test } from 'vitest';

/** Runs every `@example` of the libraries, and compares the results with the documented ones. */
const ROOT = new URL('..', import.meta.url).pathname;
const LIBRARIES = [
  'bounds',
  'json',
  'commands',
  'runes',
  'lightningd',
  'client',
  'commando',
  'sandbox',
].map((name) => `packages/${name}`);

interface Example {
  readonly where: string;
  readonly code: string;
}

function sourcesOf(library: string): { file: string; text: string }[] {
  const files = readdirSync(join(ROOT, library, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ file, text: readFileSync(join(ROOT, library, 'src', file), 'utf8') }));
}

function examplesOf(library: string): Example[] {
  return sourcesOf(library).flatMap(({ file, text }) =>
    [...text.matchAll(/@example\s*\n(?:.*\n)*?\s*\* ```ts\n((?:.*\n)*?)\s*\* ```/g)].map(
      (match) => ({
        where: `${library}/src/${file}:${text.slice(0, match.index).split('\n').length}`,
        code: (match[1] ?? '').replace(/^\s*\* ?/gm, ''),
      }),
    ),
  );
}

/** Turns `expression; // => value` into an assertion; the expression can span lines. */
function withAssertions(code: string): string {
  const statements = code.split('\n');
  const out: string[] = [];
  let pending: string[] = [];
  for (const line of statements) {
    const [, before, value] = /^(.*?)\s*\/\/ => (.*)$/.exec(line) ?? [];
    if (value === undefined || before === undefined) {
      pending.push(line);
      continue;
    }
    if (before.trim() !== '') pending.push(before);
    const expression: string[] = [];
    // An expression starts after the last line that ends a statement, or at the start of the example.
    while (pending.length > 0) {
      const last = pending.at(-1) ?? '';
      if (expression.length > 0 && /(?:[;}]|^\s*)$/.test(last)) break;
      expression.unshift(pending.pop() ?? '');
    }
    const text = expression.join('\n').trim().replace(/;$/, '');
    out.push(...pending, `__expect(await (${text})).toEqual(${value});`);
    pending = [];
  }
  return [...out, ...pending].join('\n');
}

/** A module that reads a file next to it needs its own URL, not that of the bundle. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup(bundler) {
    bundler.onLoad({ filter: /packages.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

async function run(code: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: withAssertions(code), resolveDir: join(ROOT, 'test'), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    // Lowers `await using`.
    target: 'node20',
    format: 'esm',
    conditions: ['@clnrest/source'],
    plugins: [ownUrls],
    banner: { js: 'const __expect = globalThis.__exampleExpect;' },
  });
  Object.assign(globalThis, { __exampleExpect: expect });
  const text = outputFiles[0]?.text ?? '';
  const directory = await mkdtemp(join(tmpdir(), 'clnrest-example-'));
  try {
    await writeFile(join(directory, 'example.mjs'), text);
    await import(join(directory, 'example.mjs'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Returns the examples of a library's README, except those marked `ts no-run`. */
function readmeExamples(library: string): Example[] {
  const text = readFileSync(join(ROOT, library, 'README.md'), 'utf8');
  return [...text.matchAll(/^```ts\n([^]*?)^```/gm)].map((match) => ({
    where: `${library}/README.md:${text.slice(0, match.index).split('\n').length}`,
    code: match[1] ?? '',
  }));
}

/** Returns the entry points of a library, with their sources. */
function entriesOf(library: string): { name: string; file: string }[] {
  const { name, exports } = JSON.parse(
    readFileSync(join(ROOT, library, 'package.json'), 'utf8'),
  ) as {
    name: string;
    exports: Record<string, { '@clnrest/source': string; types?: string }>;
  };
  return (
    Object.entries(exports)
      // An entry without types exists only in this repository.
      .filter(([path, { types }]) => !path.includes('*') && types !== undefined)
      .map(([path, { '@clnrest/source': source }]) => ({
        name: name + path.slice(1),
        file: join(ROOT, library, source),
      }))
  );
}

/** Returns the names that an example imports from an entry point. */
function importedFrom(name: string, code: string): string[] {
  return [...code.matchAll(/^import \{([^}]*)\} from '([^']*)';?$/gm)]
    .filter(([, , from]) => from === name)
    .flatMap(([, names = '']) => names.split(',').map((one) => one.trim()));
}

/** Returns the names that an entry point exports from another of our packages, which documents them. */
function reexported(source: string): string[] {
  return [...source.matchAll(/^export \{([^}]*)\} from '@clnrest\/[^']*';$/gm)].flatMap(
    ([, names = '']) => names.split(',').map((name) => name.trim()),
  );
}

/** Returns the names that generated files of a library export: hundreds of the same kind, with one example for all. */
function generatedNames(library: string): Set<string> {
  const generated = sourcesOf(library).filter(({ text }) => text.startsWith('// Generated by '));
  return new Set(
    generated.flatMap(({ text }) =>
      [...text.matchAll(/^export const (\w+)/gm)].map(([, name = '']) => name),
    ),
  );
}

/** Returns whether a doc comment directly precedes the declaration of a value. */
function hasDocComment(library: string, value: string): boolean {
  const declared = new RegExp(
    `\\*/\\nexport (?:const|(?:abstract )?class|(?:async )?function\\*?) ${value}\\b`,
  );
  return sourcesOf(library).some(({ text }) => declared.test(text));
}

describe.each(LIBRARIES)('%s', (library) => {
  const examples = [...examplesOf(library), ...readmeExamples(library)];

  test.each(examples)('$where', async ({ code }) => {
    await run(code);
  });

  test.each(entriesOf(library))('$name documents every value with an example', async (entry) => {
    const { name, file } = entry;
    const foreign = new Set(reexported(readFileSync(file, 'utf8')));
    const exported = Object.keys((await import(file)) as object).filter(
      (value) => !foreign.has(value),
    );
    const generated = generatedNames(library);
    const shown = new Set(examples.flatMap(({ code }) => importedFrom(name, code)));
    expect(exported.filter((value) => !shown.has(value) && !generated.has(value))).toEqual([]);
    expect(exported.filter((value) => !hasDocComment(library, value))).toEqual([]);
  });

  test('has examples with assertions', () => {
    expect(examples.some(({ code }) => code.includes('// =>'))).toBe(true);
  });
});

test('a wrong example fails', async () => {
  await expect(
    run("import { Rune } from '@clnrest/runes';\ntypeof Rune; // => 'object'"),
  ).rejects.toThrow();
});
