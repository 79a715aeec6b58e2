import { type MethodDeclaration, type PluginCall, RpcError } from '@clnrest/lightningd';
import type { Log } from '../http/refusal-log.ts';
import { LIMITS } from '../limits.ts';
import { PathRefused } from '../routing/path-refused.ts';
import { readRegistration } from './read-registration.ts';
import type { PathRegistration } from '../routing/registration.ts';

/** The code of all errors of the built-in plugin's `clnrest-register-path` (v26.04). */
const REFUSED = -32700;

/** A register of paths. Both methods throw a {@link PathRefused} or reject with one. */
export interface PathRegister {
  checkRegistration(registration: PathRegistration): void | Promise<void>;
  register(registration: PathRegistration): void | Promise<void>;
}

/** A command of the plugin: the arguments of `Plugin.method`. */
export interface PluginCommand {
  readonly declaration: MethodDeclaration;
  readonly handler: (call: PluginCall) => Promise<unknown>;
}

/**
 * The command that maps a path to a command, for other plugins and for the operator.
 *
 * @param register - resolves when the server has started, or with `undefined` if it does not start. Other plugins
 * of a starting node can call the command before this plugin has replied to its `init`.
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
      if (paths === undefined) throw new PathRefused('The REST server is not running');
      await action(paths, registration);
      return {};
    } catch (error) {
      throw error instanceof PathRefused ? rpcError(error) : error;
    }
  };
  return {
    declaration: {
      usage: 'path rpc_method [http_method] [rune_required] [rune_restrictions]',
      description: 'Register a path of the REST API that runs a command',
      check: (call) =>
        attempt(call, (paths, registration) => paths.checkRegistration(registration)),
    },
    handler: (call) =>
      attempt(call, async (paths, registration) => {
        await paths.register(registration);
        logRegistration(registration, log);
      }),
  };
}

function rpcError({ message, conflictsWith, cause }: PathRefused): RpcError {
  const data = conflictsWith === undefined ? {} : { data: { path: conflictsWith } };
  return new RpcError(REFUSED, message, { ...data, cause });
}

/** Logs a path that requires no rune at a higher level: anyone can run its command. */
function logRegistration(registration: PathRegistration, log: Log): void {
  const { path, rpcMethod, httpMethod, runeRequired } = registration;
  const access = runeRequired ? 'requires a rune' : 'requires no rune';
  log(
    runeRequired ? 'debug' : 'info',
    `Registered path: ${httpMethod} /${path} runs ${rpcMethod} and ${access}`,
  );
}
