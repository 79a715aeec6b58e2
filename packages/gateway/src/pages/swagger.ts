import { placeOf, shell } from '@clnrest/pages';
import type { PathTable, Route } from '../http/path-table.ts';
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
    'swagger-initializer.js': () => textPage(SCRIPT, initializer(root)),
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
  return shell({
    view: 'api',
    title: 'API – clnrest',
    place,
    main: '      <div id="swagger-ui"></div>',
    styles: ['swagger-ui.css', `${place.top}pages/api.css`],
    scripts: [`${place.top}pages/api.js`, 'swagger-ui-bundle.js', 'swagger-initializer.js'],
  });
}

/** A file of its own: a strict policy forbids scripts inside the page. */
function initializer(root: string): string {
  const depth = root.split('/').length - 1;
  return `'use strict';

// An answer without an end is none that this page could show: /events does.
const withoutEnd = (path, verb) => path === '/v1/notifications' && verb === 'get';

// It would fill a form with samples, and send what is left empty: a command takes both for meant.
function leaveFormsEmpty() {
  const { getSampleSchema } = this.fn;
  this.fn.getSampleSchema = (schema, mediaType, ...more) => {
    // A form asks for each of its parameters, of no media type.
    const isField = mediaType === false && !['object', 'array'].includes(schema.get('type'));
    return isField ? '' : getSampleSchema(schema, mediaType, ...more);
  };
}

// A command can fail in many ways, all of one form: what each means is enough, without an example.
const shortenFailures = (Response, { React, getComponent }) => (props) => {
  const { code, response } = props;
  if (!/^[45]/.test(code)) return React.createElement(Response, props);
  const cell = (name, content) => React.createElement('td', { className: name }, content);
  const Markdown = getComponent('Markdown', true);
  const meaning = React.createElement(Markdown, { source: response.get('description') });
  return React.createElement(
    'tr',
    { className: 'response', 'data-code': code },
    cell('response-col_status', code),
    cell('response-col_description', meaning),
    cell('response-col_links', null),
  );
};

window.ui = SwaggerUIBundle({
  url: '${'../'.repeat(depth)}openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // By default it would ask a server elsewhere whether the description is valid.
  validatorUrl: null,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  filter: true,
  // The list of all schemas says nothing that the commands do not say.
  defaultModelsExpandDepth: -1,
  plugins: [
    {
      afterLoad: leaveFormsEmpty,
      components: { ParameterIncludeEmpty: () => null },
      wrapComponents: { response: shortenFailures },
      statePlugins: {
        spec: {
          wrapSelectors: {
            allowTryItOutFor: (original) => (state, path, verb) =>
              !withoutEnd(path, verb) && original(state, path, verb),
          },
        },
      },
    },
  ],
});
`;
}
