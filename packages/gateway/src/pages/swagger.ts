import { placeOf, shell } from '@clnrest/pages';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import { readAssetFile } from './asset-files.ts';
import { HTML, type Page, pageRoute, SCRIPT, textPage } from './page.ts';
import { addSwaggerStyle } from './swagger-style.ts';

/**
 * Adds the Swagger pages below a root: empty for `/`, `/doc` for `/doc/`. The server has all files and nothing is
 * inline, so the pages work under the policy `default-src 'self'`.
 */
export function addSwaggerPages(paths: PathTable, root: string): void {
  const assets: Readonly<Record<string, () => Page>> = {
    '': () => textPage(HTML, indexPage(root)),
    'swagger-ui-bundle.js': () => ({
      type: SCRIPT,
      bytes: readAssetFile('swagger-ui-dist/swagger-ui-bundle.js'),
    }),
  };
  for (const [name, make] of Object.entries(assets)) {
    paths.add('GET', `${root}/${name}`, pageRoute(make));
  }
  addSwaggerStyle(paths, root);
  // The pages use relative links, so that they work behind a proxy with a path prefix.
  if (root === '') {
    // The paths of the built-in plugin, for bookmarks.
    paths.add('GET', '/swagger-ui', redirect('./'));
    paths.add('GET', '/swagger-ui/', redirect('../'));
  } else {
    paths.add('GET', root, redirect(`${root.slice(root.lastIndexOf('/') + 1)}/`));
  }
}

function redirect(location: string): Route {
  return ({ response }) => {
    response.writeHead(308, { Location: location, 'Content-Length': 0 });
    response.end();
  };
}

function indexPage(root: string): string {
  const place = placeOf(root, root);
  // Removes `./`, because the page shows this path.
  const description = `${place.top}openapi.json`.replace(/^\.\//, '');
  return shell({
    view: 'api',
    title: 'API – clnrest',
    place,
    main: `      <div id="swagger-ui" data-description="${description}"></div>`,
    styles: ['swagger-ui.css', `${place.top}pages/api.css`],
    scripts: [`${place.top}pages/api.js`, 'swagger-ui-bundle.js'],
  });
}
