import type { MediaType } from '../../formats/media-types.ts';
import type { PathRegistration } from '../../routing/registration.ts';
import type { Command, Knowledge } from './command.ts';
import { result } from './command-endpoint.ts';
import { describe } from './description.ts';
import { errorResponses } from './error-responses.ts';
import type { OperationKind } from './error-scopes.ts';
import type { Facts } from './facts/facts.ts';
import { code, oneLine } from './markdown.ts';
import { asXml, asYaml, inEachFormat } from './media.ts';
import { type Endpoint, type OutsideParameter, RUNE_NEEDED, type Verb } from './operation.ts';
import { byName, byPosition } from './parameters-schema.ts';
import { capturesOf } from './path-templates.ts';
import { placeholders } from './placeholders.ts';
import type { Usage } from './usage.ts';

/** A registered path and its command. */
export type RegisteredPath = Omit<PathRegistration, 'runeRestrictions'>;

const VERBS: Readonly<Record<RegisteredPath['httpMethod'], Verb>> = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * Describes a registered path: its captures, and the command's other parameters in the query (GET) or the body (other
 * HTTP methods).
 *
 * @param command the command, or `undefined` if the node does not have it
 */
export function registeredEndpoint(
  { path, rpcMethod, httpMethod, runeRequired }: RegisteredPath,
  command: Command | undefined,
  facts: Facts,
): Endpoint {
  const captured = capturesOf(path);
  const rest = without(command?.usage ?? UNKNOWN_USAGE, captured);
  const knowledge: Knowledge = command ?? { isKnown: false, facts: undefined };
  const isGet = httpMethod === 'GET';
  const usage = command === undefined ? '' : ` ${describe(command, facts)}`;
  return {
    path: `/${path}`,
    verb: VERBS[httpMethod],
    operation: {
      tags: ['paths'],
      operationId: `${VERBS[httpMethod]}:${asToken(path)}`,
      summary: `Runs ${oneLine(rpcMethod)}`,
      description: `Runs ${code(rpcMethod)}.${usage}`,
      security: runeRequired ? RUNE_NEEDED : [],
      parameters: [
        ...captured.map(pathParameter),
        ...(isGet ? queryParameters(rest, knowledge) : []),
      ],
      ...(!isGet && {
        requestBody: requestBody(rpcMethod, rest, knowledge, captured.length === 0),
      }),
      responses: {
        201: result(command),
        ...errorResponses(errorKindOf(isGet, runeRequired)),
      },
    },
  };
}

function errorKindOf(isGet: boolean, runeRequired: boolean): OperationKind {
  if (isGet) return runeRequired ? 'registeredGet' : 'openRegisteredGet';
  return runeRequired ? 'registered' : 'openRegistered';
}

const UNKNOWN_USAGE: Usage = { parameters: [], isComplete: false };

function without({ parameters, isComplete }: Usage, names: readonly string[]): Usage {
  const rest = parameters.filter(({ name }) => name === undefined || !names.includes(name));
  return { parameters: rest, isComplete };
}

function pathParameter(name: string): OutsideParameter {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

function queryParameters(usage: Usage, knowledge: Knowledge): readonly OutsideParameter[] {
  const { properties, required = [] } = byName(usage, knowledge);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** A path with captures accepts only parameters by name, because captures have names. */
function requestBody(
  rpcMethod: string,
  usage: Usage,
  knowledge: Knowledge,
  allowsPositions: boolean,
): object {
  const named = byName(usage, knowledge);
  const schema = allowsPositions ? { anyOf: [named, byPosition(usage, knowledge)] } : named;
  const example = placeholders(usage, knowledge);
  return {
    required: named.required !== undefined,
    content: {
      ...inEachFormat({ schema }),
      'application/json': { schema, example },
      'application/yaml': { schema, example: asYaml(example) },
      'application/xml': { schema: named, example: asXml(rpcMethod, example) },
    } satisfies Partial<Record<MediaType, object>>,
  };
}

/** Escapes the slashes of a path (RFC 6901), because links of the page contain the operation's id. */
function asToken(path: string): string {
  return path.replaceAll('~', '~0').replaceAll('/', '~1');
}
