import { Refusal } from '../refusals.ts';
import { TRAILING_SLASH } from '../routing/path-table.ts';
import { isMethodName } from '../node/method-name.ts';
import type { Route } from '../routing/route.ts';
import { type CommandTools, type Condition, runCommand } from './run-command.ts';

const CONDITION: Condition = { rune: 'required', checkedCall: (call) => call };

/**
 * `POST /v1/<method>`: the path names the command, and the body holds its parameters. The rune check decides on
 * both, unchanged.
 */
export function commandRoute(tools: CommandTools): Route {
  return async (context) => {
    const method = readMethod(context.captures['*']);
    await runCommand({ method, condition: CONDITION, outside: '{}' }, context, tools);
  };
}

function readMethod(name: string | undefined): string {
  if (name !== undefined && isMethodName(name)) return name;
  const isSlashed = name?.endsWith('/') === true && isMethodName(name.slice(0, -1));
  throw Refusal.of('impossible_method', isSlashed ? { detail: TRAILING_SLASH } : {});
}
