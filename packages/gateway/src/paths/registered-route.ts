import { Refusal } from '../refusals.ts';
import type { RequestContext, Route } from '../routing/route.ts';
import { type CommandTools, type Condition, runCommand } from '../http/run-command.ts';
import { formToParameters } from '../parameters/form.ts';
import { quoteString } from '@clnrest/json';
import { mergeParameters } from '../parameters/merge.ts';
import type { PathRegistration } from '../routing/registration.ts';

/**
 * The route of a registered path, which runs the path's command. Captures of the path and the query of a GET
 * request are parameters in addition to those of the body. The rune is checked against the registered
 * restrictions; the request's own values apply where no restriction is registered.
 */
export function registeredRoute(registration: PathRegistration, tools: CommandTools): Route {
  const { rpcMethod: method, httpMethod, runeRequired, runeRestrictions } = registration;
  const condition: Condition = runeRequired
    ? { rune: 'required', checkedCall: (call) => ({ ...call, ...runeRestrictions }) }
    : { rune: 'none' };
  return async (context) => {
    const captures = captured(context);
    const query = httpMethod === 'GET' ? queryParameters(context) : '{}';
    const outside = mergeParameters(captures, query);
    await runCommand({ method, condition, outside }, context, tools);
  };
}

function captured({ captures }: RequestContext): string {
  const members = Object.entries(captures).map(
    ([name, value = '']) => `${quoteString(name)}:${quoteString(value)}`,
  );
  return `{${members.join(',')}}`;
}

/** Parses a query, which has the syntax of a form. */
function queryParameters({ request }: RequestContext): string {
  const query = /\?([^#]*)/.exec(request.url ?? '')?.[1] ?? '';
  try {
    return formToParameters(query);
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'bad_form') {
      throw Refusal.of('bad_query', { cause: error });
    }
    throw error;
  }
}
