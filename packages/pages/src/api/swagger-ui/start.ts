import { beginAnew } from './bodies.ts';
import { resolveWithinExcerpts } from './excerpt.ts';
import { shortenFailures } from './failures.ts';
import { leaveFormsEmpty } from './forms.ts';
import { endUnsent, tellUnsent } from './requests.ts';
import type { SwaggerUi, System } from './types.ts';

/** An answer without an end is none that this page could show: /events does. */
const isEndless = (path: string, verb: string): boolean =>
  path === '/v1/notifications' && verb === 'get';

const PLUGIN = {
  afterLoad(this: System): void {
    leaveFormsEmpty(this);
    resolveWithinExcerpts(this);
  },
  components: { ParameterIncludeEmpty: () => null },
  wrapComponents: { liveResponse: tellUnsent, response: shortenFailures },
  statePlugins: {
    oas3: { wrapActions: { setRequestContentType: beginAnew } },
    spec: {
      wrapActions: { executeRequest: endUnsent },
      wrapSelectors: {
        allowTryItOutFor:
          (original: (state: unknown, path: string, verb: string) => boolean) =>
          (state: unknown, path: string, verb: string) =>
            !isEndless(path, verb) && original(state, path, verb),
      },
    },
  },
};

/** Shows a node's API in an element, whose `data-description` tells where the API's description is. */
export function startSwaggerUi(place: HTMLElement, swaggerUi: SwaggerUi): void {
  swaggerUi({
    domNode: place,
    url: place.dataset['description'],
    deepLinking: true,
    // By default it would ask a server elsewhere whether the description is valid.
    validatorUrl: null,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    filter: true,
    // The list of all schemas says nothing that the commands do not say.
    defaultModelsExpandDepth: -1,
    plugins: [PLUGIN],
  });
}
