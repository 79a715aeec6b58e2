import { resetBodyOnTypeChange } from './bodies.ts';
import { resolveWithinExcerpts } from './excerpt.ts';
import { shortenFailures } from './failures.ts';
import { leaveFormsEmpty } from './forms.ts';
import { failUnsentRequest, showUnsent } from './requests.ts';
import type { SwaggerUi, System } from './types.ts';

/** Swagger UI cannot show an endless response; the page /events does. */
const isEndless = (path: string, verb: string): boolean =>
  path === '/v1/notifications' && verb === 'get';

const PLUGIN = {
  afterLoad(this: System): void {
    leaveFormsEmpty(this);
    resolveWithinExcerpts(this);
  },
  components: { ParameterIncludeEmpty: () => null },
  wrapComponents: { liveResponse: showUnsent, response: shortenFailures },
  statePlugins: {
    oas3: { wrapActions: { setRequestContentType: resetBodyOnTypeChange } },
    spec: {
      wrapActions: { executeRequest: failUnsentRequest },
      wrapSelectors: {
        allowTryItOutFor:
          (original: (state: unknown, path: string, verb: string) => boolean) =>
          (state: unknown, path: string, verb: string) =>
            !isEndless(path, verb) && original(state, path, verb),
      },
    },
  },
};

/** Shows a node's API in an element, whose `data-description` is the URL of the API's description. */
export function startSwaggerUi(place: HTMLElement, swaggerUi: SwaggerUi): void {
  swaggerUi({
    domNode: place,
    url: place.dataset['description'],
    deepLinking: true,
    // By default, Swagger UI sends the description to a remote validator.
    validatorUrl: null,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    filter: true,
    // The list of all schemas only repeats those of the commands.
    defaultModelsExpandDepth: -1,
    plugins: [PLUGIN],
  });
}
