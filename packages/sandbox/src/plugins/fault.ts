/** A violation of the plugin protocol, or a failure of a plugin. The host kills the plugin and logs the message. */
export class PluginFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PluginFault';
  }
}
