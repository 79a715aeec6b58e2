/** The pages that every other leads to. */
export type View = 'api' | 'runes' | 'events';

/** Where a page stands, as others are named from there: behind a proxy's prefix, too. */
export interface Place {
  /** From the page to the root of the server: `./`, or `../` for each folder that it stands in. */
  readonly top: string;
  /** From the root of the server to the API's page: `` or `doc/`. */
  readonly api: string;
}

/** The place of a page below a folder (`` for `/runes`, `/doc` for `/doc/`). */
export function placeOf(folder: string, swaggerRoot: string): Place {
  const depth = folder.split('/').length - 1;
  return {
    top: depth === 0 ? './' : '../'.repeat(depth),
    api: swaggerRoot === '' ? '' : `${swaggerRoot.slice(1)}/`,
  };
}

/** What a document is made of beside its frame. */
export interface Document {
  /** Which of the pages it is; none of them, if left out. */
  readonly view?: View;
  readonly title: string;
  readonly place: Place;
  /** What stands in `<main>`. */
  readonly main: string;
  /** Addresses of scripts and styles, as the page names them. */
  readonly scripts: readonly string[];
  /** The look of all pages, if left out. */
  readonly styles?: readonly string[];
}

const VIEWS: readonly { view: View; words: string; path: (place: Place) => string }[] = [
  { view: 'api', words: 'API', path: ({ top, api }) => `${top}${api}` },
  { view: 'runes', words: 'Runes', path: ({ top }) => `${top}runes` },
  { view: 'events', words: 'Events', path: ({ top }) => `${top}events` },
];

/** The mark before the name: nothing to read aloud. */
const BOLT =
  '<svg viewBox="0 0 12 16" aria-hidden="true"><path d="M7.2 0 0 9.2h4.6L3.6 16 12 6.2H6.6z"/></svg>';

const NEEDS_SCRIPT = '    <noscript>This page needs JavaScript.</noscript>\n';

/**
 * A whole document: the head, the way to the other pages, and what the page itself shows. Nothing in it is
 * inline, so that it works under a policy of `default-src 'self'`.
 */
export function shell({ view, title, place, main, scripts, styles }: Document): string {
  const links = VIEWS.map(({ view: other, words, path }) => {
    const current = other === view ? ' aria-current="page"' : '';
    return `<a href="${path(place)}"${current}>${words}</a>`;
  });
  const sheets = styles ?? [`${place.top}pages/look.css`];
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="icon" type="image/svg+xml" href="${place.top}pages/icon.svg">
${sheets.map((href) => `    <link rel="stylesheet" href="${href}">`).join('\n')}
  </head>
  <body>
    <header class="top">
      <a class="skip" href="#main">Skip to the content</a>
      <span class="brand">${BOLT}clnrest</span>
      <nav aria-label="Pages">${links.join('')}</nav>
    </header>
    <main id="main" tabindex="-1">
${main}
    </main>
${scripts.length === 0 ? '' : NEEDS_SCRIPT}${scripts.map((source) => `    <script src="${source}" defer></script>\n`).join('')}  </body>
</html>
`;
}
