import { curlSample } from '../samples/curl.ts';
import { pythonSample } from '../samples/python.ts';
import type { SampleRequest } from '../samples/request.ts';
import { typeScriptSample } from '../samples/typescript.ts';
import type { ImmutableMap, Parts, SampleSystem } from './types.ts';

const LANGUAGES: readonly (readonly [name: string, sample: (request: SampleRequest) => string])[] =
  [
    ['curl', curlSample],
    ['TypeScript', typeScriptSample],
    ['Python', pythonSample],
  ];

interface ResponsesProps {
  readonly path: string;
  readonly method: string;
}

/** Adds the current request as code in several languages, above the responses of an operation. */
export const addCodeSamples =
  (Responses: unknown, { React, ...system }: Parts & SampleSystem) =>
  (props: ResponsesProps): unknown => {
    const { path, method } = props;
    const { subscribe } = system.getStore();
    // Each change of the body or of the server changes the text.
    const request = React.useSyncExternalStore(subscribe, () =>
      JSON.stringify(requestOf(system, path, method)),
    );
    const [isOpen, setOpen] = React.useState(false);
    const onToggle = (event: { currentTarget: HTMLDetailsElement }): void =>
      setOpen(event.currentTarget.open);
    return React.createElement(
      React.Fragment,
      null,
      React.createElement(
        'details',
        { className: 'code-samples', onToggle },
        React.createElement('summary', null, 'Code samples: curl, TypeScript, Python'),
        isOpen ? samples(React, JSON.parse(request) as SampleRequest) : null,
      ),
      React.createElement(Responses, props),
    );
  };

function samples(React: Parts['React'], request: SampleRequest): unknown {
  const all = LANGUAGES.map(([name, sample]) =>
    React.createElement(
      'div',
      { key: name },
      React.createElement('h5', null, name),
      React.createElement('pre', { className: 'microlight', tabIndex: 0 }, sample(request)),
    ),
  );
  return React.createElement('div', null, ...all, React.createElement('p', null, NOTE));
}

const NOTE = 'The variable RUNE holds the rune. ca.pem is the node’s certificate authority.';

function requestOf(system: SampleSystem, path: string, method: string): SampleRequest {
  const { oas3Selectors, specSelectors } = system;
  const operation = specSelectors.specResolvedSubtree(['paths', path, method]);
  const isJson = oas3Selectors.requestContentType(path, method) === 'application/json';
  const edited = isJson ? oas3Selectors.requestBodyValue(path, method) : undefined;
  const hasBody = operation?.get('requestBody') !== undefined;
  return {
    server: serverUrl(system),
    verb: method.toUpperCase(),
    path,
    isTyped: isTyped(path, operation),
    needsRune: operation?.getIn(['security', 0, 'rune']) !== undefined,
    body: hasBody ? (validJson(edited) ?? exampleOf(operation)) : undefined,
  };
}

/** Only a command that is as `@clnrest/commands` describes it has a result with an example. */
function isTyped(path: string, operation: ImmutableMap | undefined): boolean {
  const example = operation?.getIn(['responses', '201', 'content', 'application/json', 'example']);
  return example !== undefined && path !== OWN_COMMAND;
}

/** The server's own name for `clnrest-register-path`, which lightningd does not have. */
const OWN_COMMAND = '/v1/rest-register-path';

function validJson(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    JSON.parse(text);
    return text.trim();
  } catch {
    return undefined;
  }
}

/** Returns the first example of the body. */
function exampleOf(operation: ImmutableMap | undefined): string {
  const media = operation?.getIn(['requestBody', 'content', 'application/json']);
  const json = JSON.stringify(media) as string | undefined;
  const { examples = {}, example } = (json === undefined ? {} : JSON.parse(json)) as {
    readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
    readonly example?: unknown;
  };
  const [first] = Object.values(examples);
  return JSON.stringify(first?.value ?? example ?? {}, null, 2);
}

function serverUrl({ oas3Selectors, specSelectors }: SampleSystem): string {
  const selected = oas3Selectors.serverEffectiveValue(oas3Selectors.selectedServer());
  try {
    const document = new URL(specSelectors.url(), location.href);
    return new URL(selected, document).href.replace(/\/$/, '');
  } catch {
    return location.origin;
  }
}
