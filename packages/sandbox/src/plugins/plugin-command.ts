import { checked, ForwardedReply, type Command, type CommandCall } from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { quote } from '../json/strings.ts';
import { nativeText } from '../notifications/notifier.ts';
import type { PluginMethod } from './manifest.ts';
import { requestId, withId, type Plugin } from './plugin.ts';

/** What a plugin's command uses of the node. */
export interface PluginCommandParts {
  readonly configuration: { readonly allowDeprecated: boolean };
}

/**
 * A command that a plugin carries out. Requests and answers pass through as they are, white space
 * and all, but for the ids.
 */
export function pluginCommand(
  plugin: Plugin,
  { name, usage }: PluginMethod,
  nextNumber: () => number,
): Command<PluginCommandParts> {
  return {
    name,
    usage,
    run(call) {
      tellOfDeprecations(plugin, call, name);
      return forward(plugin, call, name, nextNumber());
    },
    check(call) {
      if (plugin.manifest?.canCheck === true) return forward(plugin, call, 'check', nextNumber());
      plugin.log.log(
        'unusual',
        `Plugin does not support check command for ${name} (id ${call.id})`,
      );
      return checked(name);
    },
  };
}

/** Says that for the one call that comes next, deprecated things are not as the plugin was told at its start. */
function tellOfDeprecations(
  plugin: Plugin,
  call: CommandCall<PluginCommandParts>,
  name: string,
): void {
  const { deprecated } = call.connection;
  if (deprecated === call.node.configuration.allowDeprecated) return;
  if (plugin.subscribesTo('deprecated_oneshot')) {
    plugin.notify([nativeText('deprecated_oneshot', { deprecated_ok: deprecated })]);
  } else {
    const words = `Plugin does not support deprecation setting for cmd ${name} (id ${call.id})`;
    plugin.log.log('debug', words);
  }
}

function forward(
  plugin: Plugin,
  call: CommandCall<PluginCommandParts>,
  method: string,
  number: number,
): Promise<ForwardedReply> {
  return new Promise((resolve, reject) => {
    const wantsProgress = call.connection.notifications;
    plugin.forward(requestId(call.id, method, number), call.request, {
      answered: (reply) => resolve(new ForwardedReply(withId(reply, call.id))),
      notified: (topic, params) => {
        if (!wantsProgress) return;
        call.sendBeforeReply([
          `{"jsonrpc":"2.0","method":${quote(topic)},"params":`,
          ...withId(params, call.id),
          '}\n\n',
        ]);
      },
      terminated: () =>
        reject(
          new CommandError(
            ErrorCode.pluginTerminated,
            'Plugin terminated before replying to RPC call.',
          ),
        ),
    });
  });
}
