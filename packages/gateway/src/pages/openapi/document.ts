import type { MethodHelp } from '../../node/method-list.ts';
import { type Command, readCommand } from './command.ts';
import { commandEndpoint, commandSchemas } from './command-endpoint.ts';
import { ERROR_SCHEMA, errorComponents } from './error-responses.ts';
import { type Facts } from './facts/facts.ts';
import { readFacts } from './facts/read-facts.ts';
import { groupsOf } from './groups.ts';
import type { Endpoint, Operation, Verb } from './operation.ts';
import { mergeTemplates } from './path-templates.ts';
import { OWN_ENDPOINTS } from './own-endpoints.ts';
import { type RegisteredPath, registeredEndpoint } from './registered-endpoint.ts';

/** An OpenAPI 3.1 document, as far as this package uses it. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Partial<Record<Verb, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly [more: string]: unknown;
}

/** The registered paths. */
export interface Registered {
  readonly paths: readonly RegisteredPath[];
  /** Whether a registered path takes precedence at this path. */
  has(path: string): boolean;
}

const NONE_REGISTERED: Registered = { paths: [], has: () => false };

/** A command with its parts of the document. */
export interface DescribedCommand {
  readonly command: Command;
  readonly endpoint: Endpoint;
  readonly schemas: Readonly<Record<string, object>>;
}

/** Describes the command of an entry in `help`, or returns `undefined` if the API does not have the command. */
export function describeCommand(entry: MethodHelp, facts: Facts): DescribedCommand | undefined {
  const command = readCommand(entry, facts);
  if (command === undefined) return undefined;
  return { command, endpoint: commandEndpoint(command, facts), schemas: commandSchemas(command) };
}

/**
 * Describes the node's current API in OpenAPI 3.1: one operation for each command (including those of plugins), the
 * server's own endpoints, and the registered paths.
 *
 * @param help the entries of the node's `help`
 */
export function openApi(
  help: readonly MethodHelp[],
  registered: Registered = NONE_REGISTERED,
  facts: Facts = readFacts(),
): OpenApi {
  const described = help.flatMap((entry) => describeCommand(entry, facts) ?? []);
  return assemble(described, registered, facts);
}

/** Assembles the document. If commands have the same name, the last one counts. */
export function assemble(
  described: readonly DescribedCommand[],
  registered: Registered,
  facts: Facts,
): OpenApi {
  const commands = new Map(described.map((each) => [each.command.name, each]));
  const endpoints = [
    ...OWN_ENDPOINTS,
    ...[...commands.values()]
      .map(({ endpoint }) => endpoint)
      .filter(({ path }) => !registered.has(path)),
    ...registered.paths.map((path) =>
      registeredEndpoint(path, commands.get(path.rpcMethod)?.command, facts),
    ),
  ];
  const used = new Set(endpoints.flatMap(({ operation }) => operation.tags));
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: SERVERS,
    tags: groupsOf(facts)
      .filter(({ name }) => used.has(name))
      .map(({ name, description }) => ({ name, description })),
    paths: pathsOf(endpoints),
    components: {
      securitySchemes: { rune: RUNE_SCHEME },
      schemas: {
        Error: ERROR_SCHEMA,
        // The example keeps pages from inventing members.
        Result: { type: 'object', additionalProperties: true, example: {} },
        ...Object.assign({}, ...[...commands.values()].map(({ schemas }) => schemas)),
      },
      responses: errorComponents(),
    },
  };
}

const INFO = {
  title: 'Core Lightning REST API',
  version: '1',
  description: [
    'To call a command of the node, send `POST /v1/<command>` with a rune in the `Rune` header. `createrune` creates runes.',
    'Send parameters by name, or by position in the order shown here, as JSON, YAML, XML or a form. The `Accept` header selects the format of results; errors are JSON. The server preserves integers of any size, and accepts integers in strings.',
    'The `Filter` header names the members of the result that you want: `{"invoices":[{"label":true}]}`.',
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
  description: 'A rune that allows the command. `createrune` creates runes.',
};

function pathsOf(endpoints: readonly Endpoint[]): OpenApi['paths'] {
  const items = new Map<string, Partial<Record<Verb, Operation>>>();
  for (const { path, verb, operation } of mergeTemplates(endpoints)) {
    items.set(path, { ...items.get(path), [verb]: operation });
  }
  return Object.fromEntries(items);
}
