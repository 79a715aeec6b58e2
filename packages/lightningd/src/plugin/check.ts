import { readElements } from '@clnrest/json/bytes';
import { readMembers } from '@clnrest/json/bytes';
import { INVALID_PARAMS } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import type { IncomingRequest } from './incoming.ts';

/**
 * Extracts the checked request from a `check`. lightningd forwards the user's `check` verbatim: the
 * command's name is `command_to_check` or the first element, followed by the command's parameters.
 */
export function requestToCheck(request: IncomingRequest): IncomingRequest {
  const { params } = request;
  if (Array.isArray(params)) {
    const [name, ...rest] = params as unknown[];
    const [, ...texts] = readElements(request.paramsText);
    return {
      ...request,
      method: commandName(name),
      params: rest,
      paramsText: `[${texts.join(',')}]`,
    };
  }
  const { command_to_check: name, ...rest } = params as Record<string, unknown>;
  const members = [...readMembers(request.paramsText)].filter(
    ([key]) => key !== 'command_to_check',
  );
  const texts = members.map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  return {
    ...request,
    method: commandName(name),
    params: rest,
    paramsText: `{${texts.join(',')}}`,
  };
}

function commandName(name: unknown): string {
  if (typeof name === 'string') return name;
  throw new RpcError(INVALID_PARAMS, 'missing required parameter: command_to_check');
}
