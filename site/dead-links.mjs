// Finds links of the built site that lead nowhere. VitePress checks pages, but neither headings nor files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const LINK = /\s(?:href|src)="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;

/** Returns the dead links in a folder of HTML files, as `page: link`. */
export function deadLinks(folder) {
  const pages = new Map();
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.html')) continue;
    const html = readFileSync(join(folder, name), 'utf8');
    const ids = new Set(Array.from(html.matchAll(ID), ([, id]) => unescape(id)));
    const links = Array.from(html.matchAll(LINK), ([, link]) => unescape(link));
    pages.set(posix.join('/', name.replaceAll('\\', '/')), { ids, links });
  }
  return [...pages].flatMap(([page, { links }]) =>
    [...new Set(links)].filter((link) => isDead(link, page)).map((link) => `${page}: ${link}`),
  );

  function isDead(link, page) {
    if (/^[a-z][a-z+.-]*:/i.test(link)) return false;
    const { pathname, hash } = new URL(link, `http://site${page}`);
    const path = decodeURIComponent(pathname);
    const target = [path, `${path}.html`, posix.join(path, 'index.html')].find((one) =>
      pages.has(one),
    );
    if (target === undefined) return !existsSync(join(folder, path)) || path === '/';
    const id = decodeURIComponent(hash.slice(1));
    return id !== '' && !pages.get(target).ids.has(id);
  }
}

function unescape(text) {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
