import { errorKinds } from '../errors.ts';
import type { PathTable } from '../http/path-table.ts';
import { pageRoute } from './page.ts';

/** Adds the description of the API, for programs, under both names that are looked for. */
export function addOpenApi(paths: PathTable): void {
  const route = pageRoute(() => ({
    type: 'application/json',
    bytes: Buffer.from(JSON.stringify(openApi())),
  }));
  paths.add('GET', '/openapi.json', route);
  paths.add('GET', '/swagger.json', route);
}

/** The API in OpenAPI 3.1: its two endpoints. */
export function openApi(): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Core Lightning REST API',
      version: '1',
      description:
        'Every command of the node is a `POST /v1/<method>`. A rune in the `Rune` header says what the caller may do.',
    },
    servers: [
      { url: '.', description: 'This node' },
      {
        url: '{protocol}://{ip}:{port}/',
        description: 'Another node',
        variables: {
          protocol: { enum: ['https', 'http'], default: 'https' },
          ip: { default: '127.0.0.1' },
          port: { default: '3010' },
        },
      },
    ],
    paths: {
      '/v1/list-methods': { get: listMethods() },
      '/v1/{rpc_method}': { post: callMethod() },
    },
    components: {
      securitySchemes: {
        rune: {
          type: 'apiKey',
          in: 'header',
          name: 'Rune',
          description: 'A rune that allows the method, as `createrune` makes them.',
        },
      },
      schemas: { Error: errorSchema() },
    },
  };
}

function listMethods(): unknown {
  return {
    operationId: 'listMethods',
    summary: 'List the methods of the node',
    description: 'What `help` says: each method with its parameters. Needs no rune.',
    tags: ['node'],
    responses: {
      200: {
        description: 'The methods',
        content: {
          'text/plain': { schema: { type: 'string' } },
          'text/html': { schema: { type: 'string' } },
          'application/json': {
            schema: {
              type: 'object',
              properties: {
                help: {
                  type: 'array',
                  items: { type: 'object', properties: { command: { type: 'string' } } },
                },
              },
            },
          },
        },
      },
      ...errorResponses([406, 502, 504]),
    },
  };
}

function callMethod(): unknown {
  const schema = {
    oneOf: [
      { type: 'object', description: 'Parameters by name' },
      { type: 'array', items: {}, description: 'Parameters by position' },
    ],
  };
  return {
    operationId: 'callMethod',
    summary: 'Call a method of the node',
    description:
      'Runs the method with the parameters of the body, if the rune allows it. Without a body there are no parameters.',
    tags: ['node'],
    security: [{ rune: [] }],
    parameters: [
      {
        name: 'rpc_method',
        in: 'path',
        required: true,
        description: 'The name of the method, as `list-methods` tells it',
        schema: { type: 'string' },
        example: 'getinfo',
      },
    ],
    requestBody: {
      required: false,
      content: {
        'application/json': { schema, example: {} },
        'application/x-www-form-urlencoded': { schema: { type: 'object' } },
      },
    },
    responses: {
      201: {
        description: 'The result of the method',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      ...errorResponses([...new Set(Object.values(errorKinds).map(({ status }) => status))]),
    },
  };
}

function errorResponses(statuses: readonly number[]): Record<string, unknown> {
  return Object.fromEntries(
    statuses.toSorted().map((status) => [status, { description: describe(status), ...content() }]),
  );
}

/** What the error catalogue says of a status. */
function describe(status: number): string {
  const kinds = Object.values(errorKinds).filter((kind) => kind.status === status);
  return kinds.map(({ when }) => when).join(' ');
}

function content(): object {
  return { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
}

function errorSchema(): unknown {
  const half = {
    code: { type: 'integer', description: "The node's code, or one of the gateway's own" },
    message: { type: 'string' },
    data: { description: 'More, if the node said more' },
  };
  return {
    type: 'object',
    required: ['code', 'message', 'error'],
    properties: {
      ...half,
      error: { type: 'object', required: ['code', 'message'], properties: half },
    },
    example: {
      code: 1502,
      message: 'Not permitted: method is not equal to getinfo',
      error: { code: 1502, message: 'Not permitted: method is not equal to getinfo' },
    },
  };
}
