import { bool, required } from '@clnrest/lightningd/parameters';
import { defineCommand } from './command.ts';

export const notifications = defineCommand({
  name: 'notifications',
  parameters: { enable: required(bool) },
  run({ enable }, { connection }) {
    connection.notifications = enable;
    return {};
  },
});
