import { placeOf, shell } from '@clnrest/pages';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import { readAssetFile } from './asset-files.ts';
import { HTML, type Page, pageRoute, SCRIPT, textPage } from './page.ts';
import { addSwaggerStyle } from './swagger-style.ts';

/**
 * Adds the Swagger pages below a root: `` for `/`, `/doc` for `/doc/`. All of it is served from here
 * and nothing of it is inline, so that it works under a policy of `default-src 'self'`.
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
  // The pages name their files relative to themselves, so that they work behind a proxy's prefix too.
  if (root === '') {
    // Where the built-in plugin has them, and bookmarks lead.
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
  // It is shown as it stands here.
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
