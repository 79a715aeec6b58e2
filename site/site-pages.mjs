// The pages of the site: which file of the repository becomes which page, and where links lead.
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { REPORT_LINK } from '../scripts/release/report-channel.mjs';

/** Pages that are not in `docs/`. */
const OTHER_PAGES = {
  'README.md': 'index.md',
  'ARCHITECTURE.md': 'project/architecture.md',
  'CHANGELOG.md': 'project/changelog.md',
  'CONTRIBUTING.md': 'project/contributing.md',
  'SECURITY.md': 'project/security.md',
  'examples/README.md': 'project/examples.md',
  'examples/monitoring/README.md': 'project/monitoring.md',
};

/** Images of the pages: folders and files of the repository that the site serves at the same path. */
export const IMAGES = ['docs/screenshots', 'examples/wallet/wallet.png'];

/** The pages for links to folders. */
const FOLDERS = { 'docs/guide': 'guide/getting-started.md', 'docs/reference': 'reference/rest.md' };

/** A link or an image in Markdown; `src`, `srcset` and `href` in HTML. */
const MARKDOWN_LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;
const HTML_LINK = /((?:src|srcset|href)=")([^"\s]+)(")/g;

/** Returns the pages by the files of the repository from which they are made. */
export async function sitePages(root) {
  const pages = new Map(Object.entries(OTHER_PAGES));
  for (const section of ['guide', 'reference']) {
    for (const name of (await readdir(join(root, 'docs', section))).toSorted())
      if (name.endsWith('.md')) pages.set(`docs/${section}/${name}`, `${section}/${name}`);
  }
  for (const name of (await readdir(join(root, 'packages'))).toSorted()) {
    const file = `packages/${name}/README.md`;
    const manifest = await readFile(join(root, 'packages', name, 'package.json'), 'utf8');
    if (existsSync(join(root, file)) && JSON.parse(manifest).private !== true)
      pages.set(file, `packages/${name}.md`);
  }
  return pages;
}

/**
 * Returns the text of a page, with the links of the site.
 *
 * @param text Markdown of the repository
 * @param file its path from the repository
 * @param site `root` and `pages` of the site, and the repository's `address` if it is public
 * @throws {Error} if a link leads to a file that does not exist
 */
export function sitePage(text, file, site) {
  return text
    .replaceAll(MARKDOWN_LINK, (link, image, label, target) => {
      const url = siteLink(target, file, site);
      if (url === target) return link;
      // Only the repository has the file, and has no address.
      if (url === undefined) return sitePage(label, file, site);
      return `${image}[${image === '' ? sitePage(label, file, site) : label}](${url})`;
    })
    .replaceAll(HTML_LINK, (link, start, target, end) => {
      return `${start}${siteLink(target, file, site) ?? '#'}${end}`;
    });
}

/** Returns where a link of a page leads, or undefined for a file that is not part of the site. */
function siteLink(target, file, { root, pages, address }) {
  if (/^(?:[a-z][a-z+.-]*:|#|\/)/i.test(target)) return target;
  if (target === REPORT_LINK)
    return address === undefined ? undefined : `${address}/security/advisories/new`;
  const [, path = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(target) ?? [];
  const linked = posix.join(posix.dirname(file), path).replace(/\/$/, '');
  if (!existsSync(join(root, linked)))
    throw new Error(`${file} links to ${linked}, which is missing`);
  const page = pages.get(linked) ?? pages.get(`${linked}/README.md`) ?? FOLDERS[linked];
  if (page !== undefined) return `/${page}${hash}`;
  if (IMAGES.some((image) => linked === image || linked.startsWith(`${image}/`)))
    return `/${linked}`;
  if (address === undefined) return undefined;
  const kind = statSync(join(root, linked)).isDirectory() ? 'tree' : 'blob';
  return `${address}/${kind}/main/${linked}${hash}`;
}
