import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';

interface Site {
  readonly root: string;
  readonly pages: ReadonlyMap<string, string>;
  readonly address: string | undefined;
}

interface PagesScript {
  sitePages(root: string): Promise<Map<string, string>>;
  sitePage(text: string, file: string, site: Site): string;
}

interface LinksScript {
  deadLinks(folder: string): string[];
}

const ROOT = new URL('../..', import.meta.url).pathname;
/** The scripts have no types. */
function script(name: string): Promise<unknown> {
  return import(new URL(`../../site/${name}`, import.meta.url).href);
}

const { sitePages, sitePage } = (await script('site-pages.mjs')) as PagesScript;
const { deadLinks } = (await script('dead-links.mjs')) as LinksScript;
const pages = await sitePages(ROOT);

function page(text: string, address?: string): string {
  return sitePage(text, 'docs/guide/runes.md', { root: ROOT, pages, address });
}

test('the site has all guides, references and published packages', () => {
  expect(pages.get('docs/guide/runes.md')).toBe('guide/runes.md');
  expect(pages.get('README.md')).toBe('index.md');
  expect(pages.get('packages/runes/README.md')).toBe('packages/runes.md');
  expect(pages.get('packages/sandbox/README.md')).toBe('packages/sandbox.md');
});

test('links between files become links between pages', () => {
  expect(page('[a](../reference/rest.md#shares) [b](your-node.md) [c](../../packages/json)')).toBe(
    '[a](/reference/rest.md#shares) [b](/guide/your-node.md) [c](/packages/json.md)',
  );
  expect(page('[a](https://example.org/x.md) [b](#check)')).toBe(
    '[a](https://example.org/x.md) [b](#check)',
  );
  expect(page('<img src="../screenshots/api-light.png">')).toBe(
    '<img src="/docs/screenshots/api-light.png">',
  );
  expect(page('![a](../../examples/wallet/wallet.png)')).toBe('![a](/examples/wallet/wallet.png)');
});

test('a file of the repository only is a link if the repository is public, otherwise text', () => {
  expect(page('[`source`](../../scripts/run.mjs)')).toBe('`source`');
  expect(page('[`source`](../../scripts/run.mjs)', 'https://git.example/c')).toBe(
    '[`source`](https://git.example/c/blob/main/scripts/run.mjs)',
  );
});

test('the page to report a vulnerability exists where the repository is public', () => {
  const link = '[Report](../../security/advisories/new)';
  const at = (address?: string): string =>
    sitePage(link, 'SECURITY.md', { root: ROOT, pages, address });
  expect(at()).toBe('Report');
  expect(at('https://git.example/c')).toBe(
    '[Report](https://git.example/c/security/advisories/new)',
  );
});

test('a link to a file that does not exist stops the build', () => {
  expect(() => page('[a](gone.md)')).toThrow('docs/guide/runes.md links to docs/guide/gone.md');
});

test('dead links are pages, headings and files that do not exist', () => {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'guide'));
  const write = (name: string, html: string): void => writeFileSync(join(folder, name), html);
  write(
    'index.html',
    '<h1 id="top"> <a href="/guide/a#b"> <a href="#top"> <a href="https://x.org">',
  );
  write(
    'guide/a.html',
    '<h2 id="b"> <a href="/"> <a href="/gone"> <a href="/#gone"> <a href="#c"> <img src="/gone.png">',
  );
  expect(deadLinks(folder)).toEqual([
    '/guide/a.html: /gone',
    '/guide/a.html: /#gone',
    '/guide/a.html: #c',
    '/guide/a.html: /gone.png',
  ]);
});
