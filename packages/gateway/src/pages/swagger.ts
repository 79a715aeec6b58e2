import { setTimeout as after } from 'node:timers/promises';
import { placeOf, shell } from '@clnrest/pages';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import { Refusal } from '../refusals.ts';
import { readAssetFile } from './asset-files.ts';
import { commandList } from './command-list.ts';
import type { ApiDescription } from './openapi/api-description.ts';
import {
  HTML,
  type Page,
  pageRoute,
  preparePage,
  type PreparedPage,
  SCRIPT,
  sendPage,
  textPage,
} from './page.ts';
import { addSwaggerStyle } from './swagger-style.ts';

/**
 * Adds the Swagger pages below a root: empty for `/`, `/doc` for `/doc/`. The server has all files and nothing is
 * inline, so the pages work under the policy `default-src 'self'`.
 */
export function addSwaggerPages(paths: PathTable, root: string, api: ApiDescription): void {
  paths.add('GET', `${root}/`, indexRoute(root, api));
  const script = (): Page => ({
    type: SCRIPT,
    bytes: readAssetFile('swagger-ui-dist/swagger-ui-bundle.js'),
  });
  paths.add('GET', `${root}/swagger-ui-bundle.js`, pageRoute(script));
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

/** Serves the page with the node's current commands, also if the node does not list them. */
function indexRoute(root: string, api: ApiDescription): Route {
  let last: { readonly html: string; readonly page: PreparedPage } | undefined;
  return async ({ request, response }) => {
    const html = indexPage(root, await listOf(api));
    if (last?.html !== html) last = { html, page: preparePage(textPage(HTML, html)) };
    sendPage(request, response, last.page);
  };
}

/** How long the page waits for the list of commands, whose first preparation takes more than a second on a slow machine. */
const LIST_MS = 3_000;

async function listOf(api: ApiDescription): Promise<string> {
  const description = api.read().catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
  });
  const late = after(LIST_MS, undefined, { ref: false });
  const { groups } = (await Promise.race([description, late])) ?? {};
  if (groups !== undefined) return commandList(groups, { api: '' });
  return '<p class="hint">The node does not list its commands. Reload the page to try again.</p>';
}

function indexPage(root: string, list: string): string {
  const place = placeOf(root, root);
  // Removes `./`, because the page shows this path.
  const description = `${place.top}openapi.json`.replace(/^\.\//, '');
  return shell({
    view: 'api',
    title: 'API – clnrest',
    place,
    beside: `      <nav class="commands" aria-label="Commands">
${list}
      </nav>`,
    main: `      <div id="swagger-ui" data-description="${description}"><p class="hint">Loading…</p></div>`,
    withoutScript: 'To try commands out, enable JavaScript.',
    styles: ['swagger-ui.css', `${place.top}pages/api.css`],
    scripts: [`${place.top}pages/api.js`, 'swagger-ui-bundle.js'],
  });
}
