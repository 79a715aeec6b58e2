import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import type { MethodList } from '../node/method-list.ts';
import { openApi } from './openapi/document.ts';
import { preparePage, type PreparedPage, sendPage } from './page.ts';

/**
 * Adds the description of the API, for programs, under both names that are looked for. It is made from
 * what the node tells and what was registered, so that it follows plugins that start and stop.
 */
export function addOpenApi(paths: PathTable, methods: MethodList): void {
  const route = openApiRoute(paths, methods);
  paths.add('GET', '/openapi.json', route);
  paths.add('GET', '/swagger.json', route);
}

/** Nobody needs a rune to ask: it is made anew, and compressed, only where something has changed. */
function openApiRoute(table: PathTable, methods: MethodList): Route {
  let made: { readonly from: string; readonly page: PreparedPage } | undefined;
  return async ({ request, response }) => {
    const { text, commands } = await methods.read();
    const paths = table.registrations();
    const from = text + JSON.stringify(paths);
    if (made?.from !== from) {
      const document = openApi(commands, { paths, has: (path) => table.isRegistered(path) });
      const bytes = Buffer.from(JSON.stringify(document));
      made = { from, page: preparePage({ type: 'application/json', bytes }) };
    }
    sendPage(request, response, made.page);
  };
}
