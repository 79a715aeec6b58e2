import { placeOf, shell } from '@clnrest/pages';
import { Refusal } from '../refusals.ts';
import { chooseMediaType } from '../http/accept.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import type { MethodList } from '../node/method-list.ts';
import { commandList } from './command-list.ts';
import type { ApiDescription } from './openapi/api-description.ts';
import type { OperationGroup } from './openapi/operation-groups.ts';

const TEXT = 'text/plain';
const HTML = 'text/html';
const JSON_TYPE = 'application/json';

/** What the list of methods is made from. */
export interface MethodSources {
  readonly methods: MethodList;
  readonly api: ApiDescription;
  readonly swaggerRoot: string;
}

/** Adds `GET /v1/list-methods`, and excludes its path from `POST /v1/<command>`. */
export function addListMethods(paths: PathTable, sources: MethodSources): void {
  paths.add('GET', '/v1/list-methods', listMethodsRoute(sources));
  paths.except('POST', '/v1/list-methods');
}

/**
 * Returns the node's commands as text, HTML or JSON, depending on `Accept`. Requires no rune.
 */
function listMethodsRoute({ methods, api, swaggerRoot }: MethodSources): Route {
  return async ({ request, response }) => {
    response.appendHeader('Vary', 'Accept');
    const type = chooseMediaType(request.headers.accept, [TEXT, HTML, JSON_TYPE]);
    if (type === undefined) throw Refusal.of('accept');
    const { text, commands } = await methods.read();
    const usages = commands.map(({ usage }) => usage);
    const body =
      type === HTML
        ? page(usages, (await api.read()).groups, swaggerRoot)
        : bodyOf(type, text, usages);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', type === JSON_TYPE ? type : `${type}; charset=utf-8`);
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.writeHead(200);
    response.end(body);
  };
}

function bodyOf(
  type: typeof TEXT | typeof JSON_TYPE,
  text: string,
  usages: readonly string[],
): string {
  switch (type) {
    case TEXT:
      return `${usages.join('\n')}\n`;
    case JSON_TYPE:
      return text.replaceAll(/[\r\n]/g, ' ');
  }
}

function page(
  usages: readonly string[],
  groups: readonly OperationGroup[],
  swaggerRoot: string,
): string {
  const place = placeOf('/v1', swaggerRoot);
  const api = place.top + place.api;
  return shell({
    view: 'methods',
    title: 'Commands – clnrest',
    place,
    scripts: [`${place.top}pages/commands.js`],
    withoutScript: 'To filter the commands, enable JavaScript, or search in the page.',
    main: `      <div class="stack loose">
        <div class="stack">
          <h1>Commands of this node</h1>
          <p class="lead">Call a command with <code>POST /v1/&lt;command&gt;</code> and a <code>Rune</code> header. Brackets mark
            optional parameters. To try a command out, follow its link.</p>
        </div>
${commandList(groups, { api, parameters: parametersOf(usages) })}
      </div>`,
  });
}

function parametersOf(usages: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    usages.map((usage) => {
      const [name = '', ...parameters] = usage.split(' ');
      return [name, parameters.join(' ')];
    }),
  );
}
