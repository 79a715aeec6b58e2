import { Refusal } from '../errors.ts';
import { choose } from '../http/accept.ts';
import type { PathTable, Route } from '../http/path-table.ts';
import type { MethodList } from '../node/method-list.ts';
import { pageRoute } from './page.ts';

const TEXT = 'text/plain';
const HTML = 'text/html';
const JSON_TYPE = 'application/json';

/** Adds `GET /v1/list-methods`, which is not a command that could be called by POST, and its style. */
export function addListMethods(paths: PathTable, methods: MethodList): void {
  paths.add('GET', '/v1/list-methods', listMethodsRoute(methods));
  paths.except('POST', '/v1/list-methods');
  paths.add(
    'GET',
    '/pages/list-methods.css',
    pageRoute(() => ({ type: 'text/css; charset=utf-8', bytes: Buffer.from(STYLE) })),
  );
}

/**
 * `GET /v1/list-methods`: the node's commands, for a terminal, a browser or a program, as `Accept`
 * says. No rune is asked for.
 */
function listMethodsRoute(methods: MethodList): Route {
  return async ({ request, response }) => {
    response.appendHeader('Vary', 'Accept');
    const type = choose(request.headers.accept, [TEXT, HTML, JSON_TYPE]);
    if (type === undefined) throw Refusal.of('accept');
    const { text, usages } = await methods.read();
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', type === JSON_TYPE ? type : `${type}; charset=utf-8`);
    const body = bodyOf(type, text, usages);
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.writeHead(200);
    response.end(body);
  };
}

function bodyOf(
  type: typeof TEXT | typeof HTML | typeof JSON_TYPE,
  text: string,
  usages: readonly string[],
): string {
  switch (type) {
    case TEXT:
      return `${usages.join('\n')}\n`;
    case HTML:
      return page(usages);
    case JSON_TYPE:
      return text.replaceAll(/[\r\n]/g, ' ');
  }
}

function page(usages: readonly string[]): string {
  const items = usages.map((usage) => {
    const [name = '', ...parameters] = usage.split(' ');
    return `      <li><code><b>${escape(name)}</b> ${escape(parameters.join(' '))}</code></li>`;
  });
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Methods of this node</title>
    <link rel="stylesheet" href="../pages/list-methods.css">
  </head>
  <body>
    <h1>Methods of this node</h1>
    <p>Each is called by <code>POST /v1/&lt;method&gt;</code> with a <code>Rune</code> header that allows it. Parameters in brackets may be left out.</p>
    <ul>
${items.join('\n')}
    </ul>
  </body>
</html>
`;
}

const STYLE = `body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font-family: system-ui, sans-serif; line-height: 1.5; }
ul { padding: 0; list-style: none; }
li { padding: 0.25rem 0; border-top: 1px solid #8884; overflow-wrap: anywhere; }
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names and usages come from the node's plugins, whoever wrote them. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
