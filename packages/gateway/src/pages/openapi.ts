import type { PathTable, Route } from '../http/path-table.ts';
import type { MethodList } from '../node/method-list.ts';
import { openApi } from './openapi/document.ts';
import type { RegisteredPath } from './openapi/registered-endpoint.ts';
import { preparePage, type PreparedPage, sendPage } from './page.ts';

/**
 * Adds the description of the API, for programs, under both names that are looked for. It is made from
 * what the node tells, so that it follows plugins that start and stop.
 *
 * @param registered the paths that are registered at the time
 */
export function addOpenApi(
  paths: PathTable,
  methods: MethodList,
  registered: () => readonly RegisteredPath[] = () => [],
): void {
  const route = openApiRoute(methods, registered);
  paths.add('GET', '/openapi.json', route);
  paths.add('GET', '/swagger.json', route);
}

/** Nobody needs a rune to ask: it is made anew, and compressed, only where something has changed. */
function openApiRoute(methods: MethodList, registered: () => readonly RegisteredPath[]): Route {
  let made: { readonly from: string; readonly page: PreparedPage } | undefined;
  return async ({ request, response }) => {
    const { text, commands } = await methods.read();
    const added = registered();
    const from = text + JSON.stringify(added);
    if (made?.from !== from) {
      const bytes = Buffer.from(JSON.stringify(openApi(commands, added)));
      made = { from, page: preparePage({ type: 'application/json', bytes }) };
    }
    sendPage(request, response, made.page);
  };
}
