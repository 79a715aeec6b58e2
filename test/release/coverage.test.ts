import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Package {
  readonly folder: string;
  readonly manifest: {
    readonly name: string;
    readonly exports?: Readonly<Record<string, unknown>>;
  };
}

/** The scripts have no types. */
function script(name: string): Promise<unknown> {
  return import(new URL(`../../scripts/release/${name}`, import.meta.url).href);
}

const { publishedPackages } = (await script('published-packages.mjs')) as {
  publishedPackages(): Promise<readonly Package[]>;
};
const { NODE_MODULES, PROGRAM } = (await script('check/consumer.mjs')) as {
  readonly NODE_MODULES: readonly string[];
  readonly PROGRAM: string;
};

const packages = await publishedPackages();
/** The command has no types: a program starts it. */
const libraries = packages.filter(({ manifest }) => manifest.name !== 'clnrest');

test('release:check packs @clnrest/commando', () => {
  expect(packages.map(({ manifest }) => manifest.name)).toContain('@clnrest/commando');
});

test.each(libraries.map(({ manifest }) => manifest.name))(
  'release:check uses %s from TypeScript',
  (name) => {
    expect(PROGRAM).toMatch(new RegExp(`^import .* from '${name}(?:/[^']*)?';$`, 'm'));
  },
);

test('release:check uses each module of @clnrest/commando', () => {
  const commando = packages.find(({ manifest }) => manifest.name === '@clnrest/commando');
  const modules = Object.keys(commando?.manifest.exports ?? {}).map((entry) =>
    entry.replace('.', '@clnrest/commando'),
  );
  expect(modules).toEqual([
    '@clnrest/commando',
    '@clnrest/commando/peer',
    '@clnrest/commando/node',
  ]);
  for (const name of modules) expect(PROGRAM).toContain(`from '${name}';`);
});

test('release:check bundles for browsers each package that ARCHITECTURE.md says runs there', () => {
  const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(packages\/[a-z]+)` +\| (.*?) \|/gm)];
  const inBrowsers = new Set(
    rows.filter(([, , purpose]) => purpose?.includes('runs in browsers')).map(([, name]) => name),
  );
  const names = libraries
    .filter(({ folder }) => inBrowsers.has(folder))
    .map(({ manifest }) => manifest.name);
  expect(names).toContain('@clnrest/commando');
  for (const name of names) expect(NODE_MODULES).not.toContain(name);
});
