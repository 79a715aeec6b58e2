import type { MethodHelp } from '../../node/method-list.ts';
import { readCommand } from './command.ts';
import { commandEndpoint, parameterSchemas } from './command-endpoint.ts';
import { ERROR_SCHEMA, errorComponents } from './errors.ts';
import { TAGS } from './known-commands.ts';
import type { Endpoint, Operation, Verb } from './operation.ts';
import { mergeTemplates } from './path-templates.ts';
import { OWN_ENDPOINTS } from './own-endpoints.ts';
import { type RegisteredPath, registeredEndpoint } from './registered-endpoint.ts';

/** A document of OpenAPI 3.1, as far as those who make it need to know. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Partial<Record<Verb, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly [more: string]: unknown;
}

/** The paths that were registered. */
export interface Registered {
  readonly paths: readonly RegisteredPath[];
  /** Whether they lead a path elsewhere than to the command of its name. */
  has(path: string): boolean;
}

const NOTHING_REGISTERED: Registered = { paths: [], has: () => false };

/**
 * The API in OpenAPI 3.1, as the node has it now: one operation for each of its commands, those of its
 * plugins included, what this server adds, and the paths that were registered.
 *
 * @param help the commands, as the node tells of them
 */
export function openApi(
  help: readonly MethodHelp[],
  registered: Registered = NOTHING_REGISTERED,
): OpenApi {
  const commands = new Map(
    help.flatMap((entry) => {
      const command = readCommand(entry);
      return command === undefined ? [] : [[command.name, command] as const];
    }),
  );
  const endpoints = [
    ...OWN_ENDPOINTS,
    ...[...commands.values()].map(commandEndpoint).filter(({ path }) => !registered.has(path)),
    ...registered.paths.map((path) => registeredEndpoint(path, commands.get(path.rpcMethod))),
  ];
  const used = new Set(endpoints.flatMap(({ operation }) => operation.tags));
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: SERVERS,
    tags: Object.entries(TAGS)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    paths: pathsOf(endpoints),
    components: {
      securitySchemes: { rune: RUNE_SCHEME },
      schemas: {
        Error: ERROR_SCHEMA,
        Result: { type: 'object', additionalProperties: true },
        ...Object.assign({}, ...[...commands.values()].map(parameterSchemas)),
      },
      responses: errorComponents(),
    },
  };
}

const INFO = {
  title: 'Core Lightning REST API',
  version: '1',
  description: [
    'Every command of the node is a `POST /v1/<command>`. A rune in the `Rune` header says what the caller may do: `createrune` makes them.',
    'Parameters come by name, or by position in the order in which they stand here, as JSON, YAML, XML or a form; answers as what `Accept` asks for, and errors as JSON. Integers are exact however large they are, as long as the client keeps them so; those in strings are taken, too.',
  ].join('\n\n'),
};

const SERVERS = [
  { url: '.', description: 'This node' },
  {
    url: '{protocol}://{ip}:{port}',
    description: 'Another node',
    variables: {
      protocol: { enum: ['https', 'http'], default: 'https' },
      ip: { default: '127.0.0.1' },
      port: { default: '3010' },
    },
  },
];

const RUNE_SCHEME = {
  type: 'apiKey',
  in: 'header',
  name: 'Rune',
  description: 'A rune that allows the command, as `createrune` makes them.',
};

function pathsOf(endpoints: readonly Endpoint[]): OpenApi['paths'] {
  const items = new Map<string, Partial<Record<Verb, Operation>>>();
  for (const { path, verb, operation } of mergeTemplates(endpoints)) {
    items.set(path, { ...items.get(path), [verb]: operation });
  }
  return Object.fromEntries(items);
}
