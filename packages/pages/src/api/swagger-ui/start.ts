import { resetBodyOnTypeChange } from './bodies.ts';
import { addCodeSamples } from './code-samples.ts';
import { useEarlyDocument, WholeDocument } from './document.ts';
import { shortenFailures } from './failures.ts';
import { leaveFormsEmpty } from './forms.ts';
import { showParameters } from './parameter-table.ts';
import { acceptOnlyRunes, explainRune } from './rune-dialog.ts';
import { followLinks } from './links.ts';
import { resolveQuickly } from './references.ts';
import { failUnsentRequest, showUnsent } from './requests.ts';
import type { SwaggerUi, System } from './types.ts';

/** Swagger UI cannot show an endless response; the page /events does. */
const isEndless = (path: string, verb: string): boolean =>
  path === '/v1/notifications' && verb === 'get';

const pluginWith = (early: Promise<string | undefined>, whole: WholeDocument) => ({
  afterLoad(this: System): void {
    leaveFormsEmpty(this);
    resolveQuickly(this, whole.get);
  },
  components: { ParameterIncludeEmpty: () => null },
  wrapComponents: {
    apiKeyAuth: explainRune,
    // The code samples show the request, with the certificate authority.
    curl: () => () => null,
    liveResponse: showUnsent,
    RequestBody: showParameters,
    response: shortenFailures,
    responses: addCodeSamples,
  },
  statePlugins: {
    auth: { wrapActions: { authorize: acceptOnlyRunes } },
    oas3: { wrapActions: { setRequestContentType: resetBodyOnTypeChange } },
    spec: {
      wrapActions: {
        download: useEarlyDocument(early),
        parseToJson: whole.parse,
        executeRequest: failUnsentRequest,
      },
      wrapSelectors: {
        allowTryItOutFor:
          (original: (state: unknown, path: string, verb: string) => boolean) =>
          (state: unknown, path: string, verb: string) =>
            !isEndless(path, verb) && original(state, path, verb),
      },
    },
  },
});

/**
 * Shows a node's API in an element, whose `data-description` is the URL of the API's description.
 *
 * @param early the description, which the page has requested
 */
export function startSwaggerUi(
  place: HTMLElement,
  swaggerUi: SwaggerUi,
  early: Promise<string | undefined>,
): void {
  const system = swaggerUi({
    domNode: place,
    url: place.dataset['description'],
    deepLinking: true,
    // By default, Swagger UI sends the description to a remote validator.
    validatorUrl: null,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    // The list beside shows all operations: rendering them once more would take a second.
    docExpansion: 'none',
    // The list of all schemas only repeats those of the commands.
    defaultModelsExpandDepth: -1,
    plugins: [pluginWith(early, new WholeDocument())],
  });
  followLinks(system);
}
