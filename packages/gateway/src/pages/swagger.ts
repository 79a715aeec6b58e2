import type { PathTable } from '../http/path-table.ts';
import { readAssetFile } from './asset-files.ts';
import { type Page, pageRoute } from './page.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/**
 * Adds the Swagger pages below a root: `` for `/`, `/doc` for `/doc/`. All of it is served from here
 * and nothing of it is inline, so that it works under a policy of `default-src 'self'`.
 */
export function addSwaggerPages(paths: PathTable, root: string): void {
  const assets: Readonly<Record<string, () => Page>> = {
    '': () => text(HTML, indexPage()),
    'swagger-initializer.js': () => text(SCRIPT, initializer(root)),
    'swagger-ui.css': () => ({
      type: STYLE,
      bytes: readAssetFile('swagger-ui-dist/swagger-ui.css'),
    }),
    'swagger-ui-bundle.js': () => ({
      type: SCRIPT,
      bytes: readAssetFile('swagger-ui-dist/swagger-ui-bundle.js'),
    }),
    'favicon-32x32.png': favicon,
  };
  // Browsers look for one here on their own, whatever they show.
  paths.add('GET', '/favicon.ico', pageRoute(favicon));
  for (const [name, make] of Object.entries(assets)) {
    paths.add('GET', `${root}/${name}`, pageRoute(make));
  }
  if (root !== '') {
    // The page names its files relative to itself, so that it works behind a proxy's prefix too.
    const last = root.slice(root.lastIndexOf('/') + 1);
    paths.add('GET', root, ({ response }) => {
      response.writeHead(308, { Location: `${last}/`, 'Content-Length': 0 });
      response.end();
    });
  }
}

function favicon(): Page {
  return { type: 'image/png', bytes: readAssetFile('swagger-ui-dist/favicon-32x32.png') };
}

function text(type: string, content: string): Page {
  return { type, bytes: Buffer.from(content) };
}

function indexPage(): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Core Lightning REST API</title>
    <link rel="icon" type="image/png" href="favicon-32x32.png">
    <link rel="stylesheet" href="swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <noscript>This page needs JavaScript. The API is described in openapi.json, too.</noscript>
    <script src="swagger-ui-bundle.js"></script>
    <script src="swagger-initializer.js"></script>
  </body>
</html>
`;
}

/** A file of its own: a strict policy forbids scripts inside the page. */
function initializer(root: string): string {
  const depth = root.split('/').length - 1;
  return `window.ui = SwaggerUIBundle({
  url: '${'../'.repeat(depth)}openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // By default it would ask a server elsewhere whether the description is valid.
  validatorUrl: null,
  tryItOutEnabled: true,
  displayRequestDuration: true,
});
`;
}
