import { bool, required } from '@clnrest/lightningd/parameters';
import { defineCommand } from './command.ts';

export const batching = defineCommand({
  name: 'batching',
  parameters: { enable: required(bool) },
  run({ enable }, { connection }) {
    connection.batching = enable;
    return {};
  },
});
