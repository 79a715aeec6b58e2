import { posix } from 'node:path';

/** The targets of Markdown's links and images, and of `src`, `srcset` and `href` in HTML. */
const LINK = /(!?\[[^\]]*\]\(|(?:src|srcset|href)=")([^)"\s]+)(?=[)"])/g;

/**
 * Returns a README whose links work outside the repository: those to its files lead to the tag of the version.
 *
 * @param text Markdown
 * @param folder of the README, from the repository
 * @param address of the repository
 */
export function publishedReadme(text, folder, { address, version }) {
  return text.replaceAll(LINK, (link, start, target) => {
    const path = linkedPath(target, folder);
    if (path === undefined) return link;
    const kind = start.startsWith('!') || start.startsWith('src') ? 'raw' : 'blob';
    return `${start}${address}/${kind}/v${version}/${path}`;
  });
}

/** Returns the files of the repository that a README links to, without `#…`. */
export function linkedPaths(text, folder) {
  const targets = Array.from(text.matchAll(LINK), ([, , target]) => linkedPath(target, folder));
  return targets.filter((path) => path !== undefined).map((path) => path.replace(/#.*/, ''));
}

/** Returns a path from the repository, or undefined for a URL and for a heading of the same page. */
function linkedPath(target, folder) {
  if (/^(?:[a-z][a-z+.-]*:|#)/i.test(target)) return undefined;
  return posix.join(folder.replaceAll('\\', '/'), target).replace(/\/$/, '');
}
