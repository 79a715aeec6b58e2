/** The pages in the navigation. */
export type View = 'api' | 'methods' | 'runes' | 'events';

/** The location of a page, for relative links that also work behind a path prefix of a proxy. */
export interface Place {
  /** The path from the page to the server's root: `./`, or `../` for each folder. */
  readonly top: string;
  /** The path from the server's root to the API page: `` or `doc/`. */
  readonly api: string;
}

/** Returns the location of a page in a folder (`` for `/runes`, `/doc` for `/doc/`). */
export function placeOf(folder: string, swaggerRoot: string): Place {
  const depth = folder.split('/').length - 1;
  return {
    top: depth === 0 ? './' : '../'.repeat(depth),
    api: swaggerRoot === '' ? '' : `${swaggerRoot.slice(1)}/`,
  };
}

/** The parts of a document. */
export interface Document {
  /** The page in the navigation; undefined for other pages. */
  readonly view?: View;
  readonly title: string;
  readonly place: Place;
  /** The content of `<main>`. */
  readonly main: string;
  /** HTML before `<main>`, which wide screens show beside it. */
  readonly beside?: string;
  /** Relative URLs of scripts. */
  readonly scripts: readonly string[];
  /** What the page says if JavaScript is off; by default, that it needs JavaScript. */
  readonly withoutScript?: string;
  /** Relative URLs of styles; defaults to the style of all pages. */
  readonly styles?: readonly string[];
}

const VIEWS: readonly { view: View; words: string; path: (place: Place) => string }[] = [
  { view: 'api', words: 'API', path: ({ top, api }) => `${top}${api}` },
  { view: 'methods', words: 'Commands', path: ({ top }) => `${top}v1/list-methods` },
  { view: 'runes', words: 'Runes', path: ({ top }) => `${top}runes` },
  { view: 'events', words: 'Events', path: ({ top }) => `${top}events` },
];

/** The logo, which is hidden from screen readers. */
const BOLT =
  '<svg viewBox="0 0 12 16" aria-hidden="true"><path d="M7.2 0 0 9.2h4.6L3.6 16 12 6.2H6.6z"/></svg>';

/**
 * Returns a complete document: head, navigation and content. It has no inline scripts or styles, so that it works with
 * the policy `default-src 'self'`.
 */
export function shell(document: Document): string {
  const { view, title, place, main, beside, scripts, styles } = document;
  const { withoutScript = 'This page needs JavaScript.' } = document;
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
      <a class="skip" href="#main">Skip to content</a>
      <span class="brand">${BOLT}clnrest</span>
      <nav aria-label="Pages">${links.join('')}</nav>
    </header>
${content(main, beside)}${scriptsOf(scripts, withoutScript)}  </body>
</html>
`;
}

function content(main: string, beside: string | undefined): string {
  const html = `    <main id="main" tabindex="-1">\n${main}\n    </main>\n`;
  return beside === undefined ? html : `    <div class="beside">\n${beside}\n${html}    </div>\n`;
}

function scriptsOf(scripts: readonly string[], withoutScript: string): string {
  if (scripts.length === 0) return '';
  const tags = scripts.map((source) => `    <script src="${source}" defer></script>\n`);
  return `    <noscript>${withoutScript}</noscript>\n${tags.join('')}`;
}
