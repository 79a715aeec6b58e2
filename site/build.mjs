// Builds the documentation site in dist/site: node site/build.mjs
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { publicAddress } from '../scripts/release/public-address.mjs';
import { writeApiPages } from './api-pages.mjs';
import { deadLinks } from './dead-links.mjs';
import { IMAGES, sitePage, sitePages } from './site-pages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'dist/site-source');
const output = join(root, 'dist/site');

/** Images that follow each other in a paragraph: beside each other as far as there is space. */
const STYLE = `
.vp-doc img { border: 1px solid var(--vp-c-divider); border-radius: 8px; }
.vp-doc p:has(> img + img) { display: flex; flex-wrap: wrap; align-items: start; gap: 16px; }
.vp-doc p > img:has(+ img), .vp-doc p > img + img { flex: 1 1 200px; min-width: 0; max-width: 250px; }
.vp-doc picture { display: block; margin: 16px 0; }
`;

await rm(source, { recursive: true, force: true });
const pages = await sitePages(root);
for (const [file, page] of pages) {
  const text = await readFile(join(root, file), 'utf8');
  await mkdir(dirname(join(source, page)), { recursive: true });
  await writeFile(
    join(source, page),
    sitePage(text, file, { root, pages, address: publicAddress() }),
  );
}
for (const image of IMAGES)
  await cp(join(root, image), join(source, 'public', image), { recursive: true });
await writeApiPages(root, join(source, 'api'));
await writeConfiguration();
await build(source, { outDir: output });

const dead = deadLinks(output);
if (dead.length > 0) {
  console.error(`Dead links:\n${dead.join('\n')}`);
  process.exitCode = 1;
}

async function writeConfiguration() {
  const config = {
    title: 'clnrest',
    description: "Core Lightning's commands over REST, authorised by runes",
    cleanUrls: true,
    head: [['style', {}, STYLE]],
    // Examples with addresses of this machine.
    ignoreDeadLinks: 'localhostLinks',
    themeConfig: {
      outline: [2, 3],
      nav: [
        { text: 'Guide', link: '/guide/getting-started' },
        { text: 'Reference', link: '/reference/rest' },
        { text: 'Packages', link: '/packages/clnrest' },
        { text: 'API', link: '/api/' },
      ],
      sidebar: [
        await section('Guide', 'guide', ['getting-started', 'your-node']),
        await section('Reference', 'reference', ['rest', 'options', 'errors', 'notifications']),
        await section('Packages', 'packages', ['clnrest']),
        await section('API', 'api', ['index']),
        await section('Project', 'project', ['changelog']),
      ],
    },
  };
  await mkdir(join(source, '.vitepress'), { recursive: true });
  await writeFile(
    join(source, '.vitepress/config.mjs'),
    `const config = ${JSON.stringify(config)};
config.themeConfig.search = {
  provider: 'local',
  options: { miniSearch: { searchOptions: { boostDocument: ${rankOfPage} } } },
};
config.markdown = {
  anchor: { slugify: ${headingId} },
  config: ${escapeBraces},
  languageAlias: { caddy: 'nginx', torrc: 'ini' },
};
export default config;\n`,
  );
}

/**
 * Ranks guides and references before the API pages, which have a heading for each member and would fill the first results.
 * The search box calls this function.
 */
function rankOfPage(id) {
  return id.startsWith('/api/') ? 0.2 : 1;
}

/** Escapes braces in code, which Vue would evaluate. VitePress calls this function with its Markdown renderer. */
function escapeBraces(md) {
  const render = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (...args) => render(...args).replaceAll('{', '&#123;');
}

/** The ids of headings that links in the repository use, which Git hosts give them. VitePress calls this function. */
function headingId(heading) {
  const kept = heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '');
  return kept.replaceAll(' ', '-');
}

/** A section of the navigation: some pages first, the others by name. */
async function section(text, folder, first) {
  const files = await readdir(join(source, folder), { recursive: true });
  const names = files.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3));
  const others = names.filter((name) => !first.includes(name)).toSorted();
  const ordered = [...first.filter((name) => names.includes(name)), ...others];
  const items = ordered.map(async (name) => {
    const page = await readFile(join(source, folder, `${name}.md`), 'utf8');
    const title = /^# (.+)$/m.exec(page)?.[1] ?? name;
    return {
      text: title.replaceAll(/[`\\]/g, ''),
      link: `/${folder}/${name.replace(/index$/, '')}`,
    };
  });
  return { text, collapsed: false, items: await Promise.all(items) };
}
