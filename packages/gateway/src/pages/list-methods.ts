import { placeOf, shell } from '@clnrest/pages';
import { Refusal } from '../refusals.ts';
import { chooseMediaType } from '../http/accept.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import type { MethodList } from '../node/method-list.ts';

const TEXT = 'text/plain';
const HTML = 'text/html';
const JSON_TYPE = 'application/json';

/** Adds `GET /v1/list-methods`, and excludes its path from `POST /v1/<command>`. */
export function addListMethods(paths: PathTable, methods: MethodList, swaggerRoot: string): void {
  paths.add('GET', '/v1/list-methods', listMethodsRoute(methods, swaggerRoot));
  paths.except('POST', '/v1/list-methods');
}

/**
 * Returns the node's commands as text, HTML or JSON, depending on `Accept`. Requires no rune.
 */
function listMethodsRoute(methods: MethodList, swaggerRoot: string): Route {
  return async ({ request, response }) => {
    response.appendHeader('Vary', 'Accept');
    const type = chooseMediaType(request.headers.accept, [TEXT, HTML, JSON_TYPE]);
    if (type === undefined) throw Refusal.of('accept');
    const { text, commands } = await methods.read();
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', type === JSON_TYPE ? type : `${type}; charset=utf-8`);
    const usages = commands.map(({ usage }) => usage);
    const body = type === HTML ? page(usages, swaggerRoot) : bodyOf(type, text, usages);
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

function page(usages: readonly string[], swaggerRoot: string): string {
  const place = placeOf('/v1', swaggerRoot);
  const items = usages.map((usage) => {
    const [name = '', ...parameters] = usage.split(' ');
    return `        <li><code><b>${escape(name)}</b> ${escape(parameters.join(' '))}</code></li>`;
  });
  return shell({
    title: 'Methods – clnrest',
    place,
    scripts: [],
    main: `      <div class="stack loose">
        <div class="stack">
          <h1>Methods of this node</h1>
          <p class="lead">Call a method with <code>POST /v1/&lt;method&gt;</code> and a <code>Rune</code> header. Brackets mark
            optional parameters. To try methods out, open the <a href="${place.top}${place.api}">API page</a>.</p>
        </div>
        <ul class="list methods">
${items.join('\n')}
        </ul>
      </div>`,
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes HTML: plugins can put any text into names and usages. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
