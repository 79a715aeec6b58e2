import { eventsMain, placeOf, runesMain, shell } from '@clnrest/pages';
import type { PathTable } from '../routing/path-table.ts';
import { type AssetFile, readAssetFile } from './asset-files.ts';
import { HTML, type Page, PNG, pageRoute, SCRIPT, STYLE, SVG, textPage } from './page.ts';

/** Adds the pages `/runes` and `/events`, and the files that all pages share. */
export function addViews(paths: PathTable, swaggerRoot: string): void {
  const place = placeOf('', swaggerRoot);
  const views: Readonly<Record<string, () => Page>> = {
    '/runes': () =>
      textPage(
        HTML,
        shell({
          view: 'runes',
          title: 'Runes – clnrest',
          place,
          main: runesMain,
          scripts: ['pages/runes.js'],
        }),
      ),
    '/events': () =>
      textPage(
        HTML,
        shell({
          view: 'events',
          title: 'Events – clnrest',
          place,
          main: eventsMain,
          scripts: ['pages/events.js'],
        }),
      ),
    '/pages/api.css': asset(STYLE, '@clnrest/pages/dist/api.css'),
    '/pages/api.js': asset(SCRIPT, '@clnrest/pages/dist/api.js'),
    '/pages/commands.js': asset(SCRIPT, '@clnrest/pages/dist/commands.js'),
    '/pages/icon.svg': asset(SVG, '@clnrest/pages/dist/icon.svg'),
    // Browsers request this path for every page.
    '/favicon.ico': asset(PNG, '@clnrest/pages/dist/icon.png'),
    '/pages/look.css': asset(STYLE, '@clnrest/pages/dist/look.css'),
    '/pages/runes.js': asset(SCRIPT, '@clnrest/pages/dist/runes.js'),
    '/pages/events.js': asset(SCRIPT, '@clnrest/pages/dist/events.js'),
  };
  for (const [path, make] of Object.entries(views)) paths.add('GET', path, pageRoute(make));
}

function asset(type: string, file: AssetFile): () => Page {
  return () => ({ type, bytes: readAssetFile(file) });
}
