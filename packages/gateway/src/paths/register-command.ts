import { type MethodDeclaration, type PluginCall, RpcError } from '@clnrest/lightningd';
import type { Log } from '../http/refusal-log.ts';
import { LIMITS } from '../limits.ts';
import { PathRefused } from '../routing/path-refused.ts';
import { readRegistration } from './read-registration.ts';
import type { PathRegistration } from '../routing/registration.ts';

/** What the built-in plugin answers all that is wrong with (`clnrest-register-path`, v26.04). */
const REFUSED = -32700;

/** Where paths are registered. Both throw a {@link PathRefused}, or reject with one. */
export interface PathRegister {
  checkRegistration(registration: PathRegistration): void | Promise<void>;
  register(registration: PathRegistration): void | Promise<void>;
}

/** A command of the plugin's, as `Plugin.method` takes it. */
export interface PluginCommand {
  readonly declaration: MethodDeclaration;
  readonly handler: (call: PluginCall) => Promise<unknown>;
}

/**
 * The command by which other plugins, or the operator, have a path lead to a command.
 *
 * @param register - resolves when the server has started, with nothing where it won't: plugins of a
 * starting node may call before this one has answered its own `init`
 */
export function registerPathCommand(
  register: () => Promise<PathRegister | undefined>,
  log: Log,
): PluginCommand {
  const attempt = async (
    { paramsText }: PluginCall,
    action: (register: PathRegister, registration: PathRegistration) => void | Promise<void>,
  ): Promise<object> => {
    try {
      const registration = readRegistration(paramsText, LIMITS.urlLength);
      const paths = await register();
      if (paths === undefined) throw new PathRefused('The REST server does not run');
      await action(paths, registration);
      return {};
    } catch (error) {
      throw error instanceof PathRefused ? rpcError(error) : error;
    }
  };
  return {
    declaration: {
      usage: 'path rpc_method [http_method] [rune_required] [rune_restrictions]',
      description: 'Register a path of the REST API that leads to a command',
      check: (call) =>
        attempt(call, (paths, registration) => paths.checkRegistration(registration)),
    },
    handler: (call) =>
      attempt(call, async (paths, registration) => {
        await paths.register(registration);
        tell(registration, log);
      }),
  };
}

function rpcError({ message, conflictsWith, cause }: PathRefused): RpcError {
  const data = conflictsWith === undefined ? {} : { data: { path: conflictsWith } };
  return new RpcError(REFUSED, message, { ...data, cause });
}

/** Anyone may ask for what needs no rune: the operator should know. */
function tell({ path, rpcMethod, httpMethod, runeRequired }: PathRegistration, log: Log): void {
  const condition = runeRequired ? 'to those whose rune allows it' : 'to anyone, without a rune';
  const words = `Registered path: ${httpMethod} /${path} runs ${rpcMethod} and is open ${condition}`;
  log(runeRequired ? 'debug' : 'info', words);
}
