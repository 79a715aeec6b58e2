import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import type { MethodList } from '../node/method-list.ts';
import { openApi } from './openapi/document.ts';
import { preparePage, type PreparedPage, sendPage } from './page.ts';

/**
 * Adds the OpenAPI document under both common names. The document reflects the node's `help` and the registered
 * paths, and so changes when plugins start and stop.
 */
export function addOpenApi(paths: PathTable, methods: MethodList): void {
  const route = openApiRoute(paths, methods);
  paths.add('GET', '/openapi.json', route);
  paths.add('GET', '/swagger.json', route);
}

/** Rebuilds and compresses the document only after a change, because clients without a rune can request it often. */
function openApiRoute(table: PathTable, methods: MethodList): Route {
  let cached: { readonly source: string; readonly page: PreparedPage } | undefined;
  return async ({ request, response }) => {
    const { text, commands } = await methods.read();
    const paths = table.registrations();
    const source = text + JSON.stringify(paths);
    if (cached?.source !== source) {
      const document = openApi(commands, { paths, has: (path) => table.isRegistered(path) });
      const bytes = Buffer.from(JSON.stringify(document));
      cached = { source, page: preparePage({ type: 'application/json', bytes }) };
    }
    sendPage(request, response, cached.page);
  };
}
