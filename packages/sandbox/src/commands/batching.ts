import { required } from '../params/declaration.ts';
import { bool } from '../params/numbers.ts';
import { defineCommand } from './command.ts';

export const batching = defineCommand({
  name: 'batching',
  parameters: { enable: required(bool) },
  run({ enable }, { connection }) {
    connection.batching = enable;
    return {};
  },
});
