import { Refusal } from '../errors.ts';
import type { Route } from './path-table.ts';
import { type CommandTools, runTarget } from './run-target.ts';

/** No command has other characters in its name. */
const METHOD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/**
 * `POST /v1/<method>`: the path names the command, the body holds its parameters, and the judge is
 * asked about just that.
 */
export function commandRoute(tools: CommandTools): Route {
  return async (exchange) => {
    const method = readMethod(exchange.captures['*']);
    await runTarget({ method, question: (call) => call }, exchange, tools);
  };
}

function readMethod(name: string | undefined): string {
  if (name === undefined || !METHOD.test(name)) throw Refusal.of('impossible_method');
  return name;
}
