/** Why a plugin can't go on: the host kills it and logs this. */
export class PluginFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PluginFault';
  }
}
