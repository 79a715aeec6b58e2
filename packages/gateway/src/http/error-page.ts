import { STATUS_CODES } from 'node:http';
import { escapeHtml } from '../pages/html.ts';
import type { Refusal } from '../refusals.ts';

/** A page of this server, which an error page links to. */
export interface PageLink {
  readonly href: string;
  readonly text: string;
}

/** Returns an error as a page for a browser. It needs no other file. */
export function errorPage({ status, message }: Refusal, links: readonly PageLink[]): string {
  const reason = STATUS_CODES[status] ?? '';
  const items = links.map(
    ({ href, text }) => `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${status} ${reason}</title>
<h1>${status} ${reason}</h1>
<p>${escapeHtml(message)}</p>
${items.length === 0 ? '' : `<ul>\n${items.join('\n')}\n</ul>\n`}</html>
`;
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
