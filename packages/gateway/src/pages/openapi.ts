import { setImmediate as afterOthers } from 'node:timers/promises';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import type { MethodHelp, MethodList } from '../node/method-list.ts';
import { openApi, type Registered } from './openapi/document.ts';
import { readFacts } from './openapi/facts/read-facts.ts';
import { prepareLargePage, type PreparedPage, sendPage } from './page.ts';

/**
 * Adds the OpenAPI document under both common names. The document reflects the node's `help` and the registered
 * paths, and so changes when plugins start and stop.
 */
export function addOpenApi(paths: PathTable, methods: MethodList): void {
  const route = openApiRoute(paths, methods);
  paths.add('GET', '/openapi.json', route);
  paths.add('GET', '/swagger.json', route);
}

/** A document, and what it was built from. */
interface Built {
  readonly source: string;
  readonly page: Promise<PreparedPage>;
}

/** Rebuilds and compresses the document only after a change, because clients without a rune can request it often. */
function openApiRoute(table: PathTable, methods: MethodList): Route {
  let built: Built | undefined;
  return async ({ request, response }) => {
    const { text, commands } = await methods.read();
    const paths = table.registrations();
    const source = text + JSON.stringify(paths);
    if (built?.source !== source) {
      const registered = { paths, has: (path: string) => table.isRegistered(path) };
      built = { source, page: build(commands, registered) };
    }
    sendPage(request, response, await built.page);
  };
}

/** Builds a document in steps, between which the process serves other requests: together they take some 50 ms. */
async function build(
  commands: readonly MethodHelp[],
  registered: Registered,
): Promise<PreparedPage> {
  const facts = readFacts();
  await afterOthers();
  const document = openApi(commands, registered, facts);
  await afterOthers();
  const bytes = Buffer.from(JSON.stringify(document));
  return prepareLargePage({ type: 'application/json', bytes });
}
