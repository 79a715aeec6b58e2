import { bool, required } from '@clnrest/lightningd/parameters';
import { defineCommand } from './command.ts';

/** Affects plugins only, through `deprecated_oneshot`. The sandbox's commands have no deprecated parts. */
export const deprecations = defineCommand({
  name: 'deprecations',
  parameters: { enable: required(bool) },
  run({ enable }, { connection }) {
    connection.deprecated = enable;
    return {};
  },
});
