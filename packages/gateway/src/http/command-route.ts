import { Refusal } from '../errors.ts';
import { isMethodName } from '../node/method-name.ts';
import type { Route } from '../routing/route.ts';
import { type CommandTools, type Condition, runTarget } from './run-target.ts';

const CONDITION: Condition = { rune: 'required', question: (call) => call };

/**
 * `POST /v1/<method>`: the path names the command, the body holds its parameters, and the judge is
 * asked about just that.
 */
export function commandRoute(tools: CommandTools): Route {
  return async (exchange) => {
    const method = readMethod(exchange.captures['*']);
    await runTarget({ method, condition: CONDITION, outside: '{}' }, exchange, tools);
  };
}

function readMethod(name: string | undefined): string {
  if (name === undefined || !isMethodName(name)) throw Refusal.of('impossible_method');
  return name;
}
