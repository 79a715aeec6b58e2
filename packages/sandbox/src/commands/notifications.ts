import { required } from '../params/declaration.ts';
import { bool } from '../params/numbers.ts';
import { defineCommand } from './command.ts';

export const notifications = defineCommand({
  name: 'notifications',
  parameters: { enable: required(bool) },
  run({ enable }, { connection }) {
    connection.notifications = enable;
    return {};
  },
});
