import { describe, expect, test } from 'vitest';

interface Links {
  publishedReadme(
    text: string,
    folder: string,
    release: { readonly address: string; readonly version: string },
  ): string;
  linkedPaths(text: string, folder: string): string[];
}

interface InstallLines {
  installProblems(
    readme: string,
    name: string,
    manifests: readonly { readonly name: string; readonly version: string }[],
  ): string[];
}

interface Manifests {
  publishedManifest(manifest: object, folder: string, address: string): object;
}

interface Address {
  publicAddress(environment: Readonly<Record<string, string>>): string | undefined;
  requirePublicAddress(address?: string): string;
}

/** The scripts have no types. */
function script(name: string): Promise<unknown> {
  return import(new URL(`../../scripts/release/${name}`, import.meta.url).href);
}

const { publishedReadme, linkedPaths } = (await script('published-readme.mjs')) as Links;
const { installProblems } = (await script('check/install-lines.mjs')) as InstallLines;
const { publishedManifest } = (await script('published-manifest.mjs')) as Manifests;
const { publicAddress, requirePublicAddress } = (await script('public-address.mjs')) as Address;

const ADDRESS = 'https://git.example/clnrest';
const RELEASE = { address: ADDRESS, version: '1.2.3' };

test('links to files lead to the tag of the version', () => {
  const text = [
    '[REST](../../docs/rest.md#limits), [source](src/rune.ts), [above](#limits)',
    '[Core Lightning](https://example.org/a), [mail](mailto:a@example.org)',
    '![page](../../docs/page.png) <img src="../../docs/page.png"> <a href="src/rune.ts">',
  ].join('\n');
  expect(publishedReadme(text, 'packages/runes', RELEASE).split('\n')).toEqual([
    `[REST](${ADDRESS}/blob/v1.2.3/docs/rest.md#limits), [source](${ADDRESS}/blob/v1.2.3/packages/runes/src/rune.ts), [above](#limits)`,
    '[Core Lightning](https://example.org/a), [mail](mailto:a@example.org)',
    `![page](${ADDRESS}/raw/v1.2.3/docs/page.png) <img src="${ADDRESS}/raw/v1.2.3/docs/page.png"> <a href="${ADDRESS}/blob/v1.2.3/packages/runes/src/rune.ts">`,
  ]);
});

test('the check of links receives paths from the repository', () => {
  const text = '[REST](../../docs/rest.md#limits) [folder](../json/) [other](https://example.org)';
  expect(linkedPaths(text, 'packages/runes')).toEqual(['docs/rest.md', 'packages/json']);
});

test('a published manifest names no file that only the repository has', () => {
  const manifest = {
    name: '@clnrest/client',
    version: '1.2.3',
    exports: { '.': { '@clnrest/source': './src/index.ts', default: './dist/index.js' } },
    imports: {
      '#transport': {
        browser: { '@clnrest/source': './src/fetch.ts', default: './dist/fetch.js' },
        '@clnrest/source': './src/node.ts',
        default: './dist/node.js',
      },
    },
    files: ['dist'],
    dependencies: { '@clnrest/json': '1.2.3' },
    devDependencies: { '@clnrest/testing': '1.2.3' },
  };
  expect(publishedManifest(manifest, 'packages/client', ADDRESS)).toEqual({
    name: '@clnrest/client',
    version: '1.2.3',
    exports: { '.': { default: './dist/index.js' } },
    imports: {
      '#transport': { browser: { default: './dist/fetch.js' }, default: './dist/node.js' },
    },
    files: ['dist'],
    dependencies: { '@clnrest/json': '1.2.3' },
    repository: { type: 'git', url: `git+${ADDRESS}.git`, directory: 'packages/client' },
    homepage: `${ADDRESS}/tree/v1.2.3/packages/client#readme`,
    bugs: { url: `${ADDRESS}/issues` },
  });
});

test('without a public address nothing is published', () => {
  expect(() => requirePublicAddress(publicAddress({}))).toThrow('set PUBLIC_ADDRESS');
  expect(() => requirePublicAddress('http://git.example/clnrest')).toThrow('set PUBLIC_ADDRESS');
  expect(requirePublicAddress(ADDRESS)).toBe(ADDRESS);
});

test('the public address is that of the repository whose workflow runs', () => {
  const names = { GITHUB_SERVER_URL: 'https://git.example', GITHUB_REPOSITORY: 'owner/name' };
  expect(publicAddress({ ...names, GITHUB_ACTIONS: 'true' })).toBe(
    'https://git.example/owner/name',
  );
  expect(publicAddress(names)).toBeUndefined();
});

describe('a README explains how to install', () => {
  const manifests = [
    { name: '@clnrest/json', version: '1.2.3' },
    { name: '@clnrest/runes', version: '1.2.3', dependencies: { '@clnrest/json': '1.2.3' } },
    {
      name: '@clnrest/client',
      version: '1.2.3',
      dependencies: { '@clnrest/runes': '1.2.3', ws: '8.0.0' },
    },
  ];
  const readme = [
    'npm install --save-dev @clnrest/client',
    'npm ci && npm run release:pack',
    'cd /p && npm install /c/dist/packages/clnrest-{client,json,runes}-1.2.3.tgz',
  ];
  const problems = (lines: readonly string[]): string[] =>
    installProblems(lines.join('\n'), '@clnrest/client', manifests);

  test('before and after publication', () => {
    expect(problems(readme)).toEqual([]);
    const single = readme.map((line) =>
      line.replace('client,json,runes', 'json').replace('{json}', 'json').replace('client', 'json'),
    );
    expect(installProblems(single.join('\n'), '@clnrest/json', manifests)).toEqual([]);
  });

  test.each([
    ['after publication', readme.slice(1), 'no line "npm install @clnrest/client"'],
    ['how to pack', [readme[0], readme[2]], 'how to pack'],
    ['before publication', readme.slice(0, 2), 'installs  instead of clnrest-client-1.2.3.tgz'],
    [
      'with a package that it needs indirectly',
      readme.map((line) => line?.replace('json,', '')),
      'installs clnrest-client-1.2.3.tgz, clnrest-runes-1.2.3.tgz instead of',
    ],
    [
      'with nothing that the publication makes false',
      [...readme, 'This package is not in the npm registry yet.'],
      'which its publication makes false',
    ],
    ['with its version', readme.map((line) => line?.replace('1.2.3', '1.2.2')), 'instead of'],
  ])('%s', (_, lines, problem) => {
    expect(problems(lines as string[]).join('\n')).toContain(problem);
  });
});
