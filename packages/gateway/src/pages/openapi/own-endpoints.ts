import { errorResponses } from './error-responses.ts';
import { type Endpoint, RUNE_NEEDED } from './operation.ts';

const PLAIN_TEXT = { 'text/plain': { schema: { type: 'string' } } };

/** The server's own endpoints. Their ids contain a colon, which no command's name does. */
export const OWN_ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/v1/list-methods',
    verb: 'get',
    operation: {
      tags: ['server'],
      operationId: 'get:list-methods',
      summary: 'Lists the commands of the node',
      description: 'Lists each command with its parameters, from `help`. Requires no rune.',
      responses: {
        200: { description: 'The commands', content: listed() },
        ...errorResponses('list'),
      },
    },
  },
  {
    path: '/v1/notifications',
    verb: 'get',
    operation: {
      tags: ['server'],
      operationId: 'get:notifications',
      summary: 'Streams notifications of the node',
      description:
        'Streams server-sent events until the client disconnects. The rune must allow the subscription, and can restrict its topics.',
      security: RUNE_NEEDED,
      parameters: [
        {
          name: 'topics',
          in: 'query',
          description: 'Topics, separated by commas; all topics by default.',
          schema: { type: 'string' },
          example: 'invoice_payment,invoice_creation',
        },
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'The id of the last received event. The stream starts with the next event.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'The events',
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
        ...errorResponses('stream'),
      },
    },
  },
  {
    path: '/metrics',
    verb: 'get',
    operation: {
      tags: ['server'],
      operationId: 'get:metrics',
      summary: 'Reports the activity of this server',
      description:
        "Returns metrics in Prometheus' text format. The rune must allow the method `metrics`, which is not a command.",
      security: RUNE_NEEDED,
      responses: {
        200: { description: 'The metrics', content: PLAIN_TEXT },
        ...errorResponses('metrics'),
      },
    },
  },
  {
    path: '/health',
    verb: 'get',
    operation: {
      tags: ['server'],
      operationId: 'get:health',
      summary: 'Shows whether the node responds',
      description: 'Returns one word. Requires no rune.',
      responses: {
        ...errorResponses('health'),
        200: { description: '`ok`: the node responds', content: PLAIN_TEXT },
        503: { description: '`unavailable`: the node does not respond', content: PLAIN_TEXT },
      },
    },
  },
];

function listed(): object {
  const command = { type: 'object', properties: { command: { type: 'string' } } };
  const help = {
    type: 'object',
    properties: { help: { type: 'array', items: command } },
    additionalProperties: true,
  };
  return {
    'text/plain': { schema: { type: 'string' } },
    'text/html': { schema: { type: 'string' } },
    'application/json': { schema: help },
  };
}
