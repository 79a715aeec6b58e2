import { checked, ForwardedReply, type Command, type CommandCall } from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { quote } from '../json/strings.ts';
import { nativeText } from '../notifications/notifier.ts';
import type { PluginMethod } from './manifest.ts';
import { requestId, withId, type Plugin } from './plugin.ts';

/** The parts of the node that a plugin's command uses. */
export interface PluginCommandParts {
  readonly configuration: { readonly allowDeprecated: boolean };
}

/** A command of a plugin. Requests and replies pass through byte for byte, except for their ids. */
export function pluginCommand(
  plugin: Plugin,
  { name, usage }: PluginMethod,
  nextNumber: () => number,
): Command<PluginCommandParts> {
  return {
    name,
    usage,
    run(call) {
      notifyDeprecationSetting(plugin, call, name);
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

/** Notifies the plugin that its next call has another deprecation setting than the node. */
function notifyDeprecationSetting(
  plugin: Plugin,
  call: CommandCall<PluginCommandParts>,
  name: string,
): void {
  const { deprecated } = call.connection;
  if (deprecated === call.node.configuration.allowDeprecated) return;
  if (plugin.subscribesTo('deprecated_oneshot')) {
    plugin.notify([nativeText('deprecated_oneshot', { deprecated_ok: deprecated })]);
  } else {
    const message = `Plugin does not support deprecation setting for cmd ${name} (id ${call.id})`;
    plugin.log.log('debug', message);
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
      onReply: (reply) => resolve(new ForwardedReply(withId(reply, call.id))),
      onProgress: (topic, params) => {
        if (!wantsProgress) return;
        call.sendBeforeReply([
          `{"jsonrpc":"2.0","method":${quote(topic)},"params":`,
          ...withId(params, call.id),
          '}\n\n',
        ]);
      },
      onTermination: () =>
        reject(
          new CommandError(
            ErrorCode.pluginTerminated,
            'Plugin terminated before replying to RPC call.',
          ),
        ),
    });
  });
}
