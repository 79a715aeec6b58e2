import { required } from '../params/declaration.ts';
import { bool } from '../params/numbers.ts';
import { defineCommand } from './command.ts';

/** Matters to plugins only, which hear of it (`deprecated_oneshot`): the sandbox's commands have nothing deprecated. */
export const deprecations = defineCommand({
  name: 'deprecations',
  parameters: { enable: required(bool) },
  run({ enable }, { connection }) {
    connection.deprecated = enable;
    return {};
  },
});
