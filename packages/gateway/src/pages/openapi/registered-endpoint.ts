import type { MediaType } from '../../formats/media-types.ts';
import type { PathRegistration } from '../../routing/registration.ts';
import type { Command } from './command.ts';
import { describe, result } from './command-endpoint.ts';
import { errorResponses, everyStatus } from './errors.ts';
import { code, oneLine } from './markdown.ts';
import { asXml, asYaml, inEachFormat } from './media.ts';
import { type Endpoint, type OutsideParameter, RUNE_NEEDED, type Verb } from './operation.ts';
import { byName, byPosition } from './parameters-schema.ts';
import { capturesOf } from './path-templates.ts';
import { placeholders } from './placeholders.ts';
import type { Usage } from './usage.ts';

/** A path that was registered while the node runs, and the command that it calls. */
export type RegisteredPath = Omit<PathRegistration, 'runeRestrictions'>;

const VERBS: Readonly<Record<RegisteredPath['httpMethod'], Verb>> = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * What is told of a registered path: the parameters that it captures, and the rest of the command's own,
 * in the query of a GET and else in the body.
 *
 * @param command what is known of the command; nothing while the node has none of that name
 */
export function registeredEndpoint(
  { path, rpcMethod, httpMethod, runeRequired }: RegisteredPath,
  command: Command | undefined,
): Endpoint {
  const captured = capturesOf(path);
  const rest = without(command?.usage ?? NOTHING_KNOWN, captured);
  const isKnown = command?.isKnown ?? false;
  const isGet = httpMethod === 'GET';
  const used = command === undefined ? '' : ` ${describe(command)}`;
  return {
    path: `/${path}`,
    verb: VERBS[httpMethod],
    operation: {
      tags: ['paths'],
      operationId: `${VERBS[httpMethod]}:${asToken(path)}`,
      summary: `Calls ${oneLine(rpcMethod)}`,
      description: `Calls ${code(rpcMethod)}.${used}`,
      security: runeRequired ? RUNE_NEEDED : [],
      parameters: [
        ...captured.map(pathParameter),
        ...(isGet ? queryParameters(rest, isKnown) : []),
      ],
      ...(!isGet && { requestBody: requestBody(rpcMethod, rest, isKnown, captured.length === 0) }),
      responses: {
        201: result(command),
        ...errorResponses(everyStatus()),
      },
    },
  };
}

const NOTHING_KNOWN: Usage = { parameters: [], isWhole: false };

function without({ parameters, isWhole }: Usage, names: readonly string[]): Usage {
  const rest = parameters.filter(({ name }) => name === undefined || !names.includes(name));
  return { parameters: rest, isWhole };
}

function pathParameter(name: string): OutsideParameter {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

function queryParameters(usage: Usage, isKnown: boolean): readonly OutsideParameter[] {
  const { properties, required = [] } = byName(usage, isKnown);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** Captures are merged into parameters by name: by position there are none then. */
function requestBody(
  rpcMethod: string,
  usage: Usage,
  isKnown: boolean,
  mayBeList: boolean,
): object {
  const named = byName(usage, isKnown);
  const schema = mayBeList ? { anyOf: [named, byPosition(usage, isKnown)] } : named;
  const example = placeholders(usage, isKnown);
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

/** A path without slashes (RFC 6901): pages lead to an operation by its id. */
function asToken(path: string): string {
  return path.replaceAll('~', '~0').replaceAll('/', '~1');
}
