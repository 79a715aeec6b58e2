import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';

export const stop = defineCommand({
  name: 'stop',
  parameters: {},
  async run(_, { node, connection }: CallWith<'log' | 'stop'>) {
    node.log.log('unusual', 'JSON-RPC shutdown');
    await node.stop(connection);
    return { result: 'Shutdown complete' };
  },
});
