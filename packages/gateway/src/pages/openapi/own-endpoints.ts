import { errorResponses, everyStatus } from './errors.ts';
import { type Endpoint, RUNE_NEEDED } from './operation.ts';

/** Errors of a request that has no body and asks for no command. */
const WITHOUT_BODY = everyStatus().filter((status) => ![413, 415, 417].includes(status));

/** What this server adds to the commands of the node. No command has an id with a colon in it. */
export const OWN_ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/v1/list-methods',
    verb: 'get',
    operation: {
      tags: ['server'],
      operationId: 'get:list-methods',
      summary: 'The commands of the node',
      description: 'What `help` says: each command with its parameters. It needs no rune.',
      responses: {
        200: { description: 'The commands', content: listed() },
        ...errorResponses(WITHOUT_BODY.filter((status) => status !== 401 && status !== 403)),
      },
    },
  },
  {
    path: '/v1/notifications',
    verb: 'get',
    operation: {
      tags: ['server'],
      operationId: 'get:notifications',
      summary: 'What the node tells, as it happens',
      description:
        'Server-sent events, without an end. The rune must allow listening, and may say which topics are heard.',
      security: RUNE_NEEDED,
      parameters: [
        {
          name: 'topics',
          in: 'query',
          description: 'Topics that are wanted, separated by commas; all, if it is left out.',
          schema: { type: 'string' },
          example: 'invoice_payment,invoice_creation',
        },
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'The id of the last event that was heard: what came behind it comes first.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'Events, as they come',
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
        ...errorResponses(WITHOUT_BODY),
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
