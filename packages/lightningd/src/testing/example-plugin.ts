import { Plugin } from '../index.ts';

/** A complete program, which tests bundle and start. */
const plugin = new Plugin({ options: { port: { type: 'int', description: 'a port' } } });

plugin
  .method('getinfo2', {}, () => plugin.rpc.call('getinfo'))
  .method('chatter', {}, () => {
    const { log, warn } = globalThis.console;
    log('a %s line', 'console');
    warn('a warning');
    process.stdout.write('a stray ');
    process.stdout.write('line\nand half of one');
  })
  .method('crash', {}, () => {
    setImmediate(() => {
      throw new Error('uncaught by the plugin');
    });
  })
  .onInit(({ options }) => (options.port === undefined ? { disable: 'no port' } : undefined))
  .onClose(() => plugin.log('info', 'closed in order'));

await plugin.run();
