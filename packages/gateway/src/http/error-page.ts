import { STATUS_CODES } from 'node:http';
import { escapeHtml } from '../pages/html.ts';
import type { Refusal } from '../refusals.ts';

/** A page of this server, which an error page links to. */
export interface PageLink {
  /** An absolute URL, or a path that begins with a slash. */
  readonly href: string;
  readonly text: string;
}

/**
 * Returns an error as a page for a browser. It needs no other file.
 *
 * @param url of the request, to which the links are relative: a reverse proxy can serve this server under a path of its own
 */
export function errorPage(
  { kind, status, message }: Pick<Refusal, 'kind' | 'status' | 'message'>,
  links: readonly PageLink[],
  url = '/',
): string {
  const reason = STATUS_CODES[status] ?? '';
  const items = links.map(
    ({ href, text }) =>
      `<li><a href="${escapeHtml(relative(href, url))}">${escapeHtml(text)}</a></li>`,
  );
  const advice =
    url.split('?', 1)[0] === '/metrics' && kind === 'missing_rune' ? METRICS : ADVICE[kind];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${status} ${reason}</title>
<h1>${status} ${reason}</h1>
<p>${escapeHtml(message)}</p>
${advice === undefined ? '' : `<p>${advice}</p>\n`}${items.length === 0 ? '' : `<ul>\n${items.join('\n')}\n</ul>\n`}</html>
`;
}

/** What to do instead of opening an address in a browser, as HTML. */
const ADVICE: Partial<Record<Refusal['kind'], string>> = {
  missing_rune:
    'A browser sends no rune when it opens an address. Use another program, for example <code>curl --header "Rune: …"</code> and this address.',
  not_post:
    'A browser cannot run a command by opening its address. Run it on the API page, or with <code>curl --request POST --header "Rune: …"</code> and this address.',
};
const METRICS =
  'A browser sends no rune when it opens an address. Create a rune with <code>lightning-cli createrune null \'[["method=metrics"]]\'</code>, and run <code>curl --header "Rune: …"</code> with this address. To read the metrics without a rune, set <code>rest-metrics-port</code> (<code>clnrest-metrics-port</code> in the clnrest build), and open that port on the machine of the node.';

/** Folders of a path for which links are relative. No page of this server is deeper, and a long path must not make a long page. */
const MAX_DEPTH = 16;

/**
 * Returns a path of this server relative to that of a request, which can be malformed. Servers see no path that a proxy has
 * removed.
 */
function relative(href: string, url: string): string {
  if (!href.startsWith('/') || !url.startsWith('/')) return href;
  // Browsers resolve a link without decoding the path.
  const [path = ''] = url.split(/[?#]/, 1);
  const depth = path.split('/').length - 2;
  if (depth > MAX_DEPTH) return href;
  return `${depth === 0 ? './' : '../'.repeat(depth)}${href.slice(1)}`;
}

/** Returns the links to the pages of this server. */
export function pageLinks(swaggerRoot: string): readonly PageLink[] {
  return [
    { href: `${swaggerRoot}/`, text: 'The API, with its commands to try' },
    { href: '/v1/list-methods', text: 'The commands of this node' },
    { href: '/runes', text: 'Runes' },
    { href: '/events', text: 'Notifications' },
  ];
}
