import { RawJson } from '@clnrest/json';
import type { PathRegistration } from '../routing/registration.ts';
import { encodePaths } from './listed-paths.ts';
import type { PluginCommand } from './register-command.ts';

/**
 * The command that lists the registered paths, for the operator and for separate gateways.
 *
 * @param registrations - resolves when the server has started, like that of `registerPathCommand`
 */
export function listPathsCommand(
  registrations: () => Promise<readonly PathRegistration[]>,
): PluginCommand {
  return {
    declaration: { usage: '', description: 'List the registered paths of the REST API' },
    handler: async () => new RawJson(encodePaths(await registrations())),
  };
}
