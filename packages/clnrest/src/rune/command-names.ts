import { COMMAND_FACTS } from '@clnrest/commands';

/** Further commands, which lightningd's schemas do not describe. */
const FURTHER = [
  // Names that only the gateway checks.
  'listclnrest-notifications',
  'metrics',
  // A command of the gateway.
  'rest-register-path',
  // The names on older nodes.
  'commando-rune',
  'commando-listrunes',
  'commando-blacklist',
  'invokerune',
  'destroyrune',
];

/** The names of the commands that a rune can allow on lightningd v26.06, without those of plugins. */
export const COMMAND_NAMES: readonly string[] = [...Object.keys(COMMAND_FACTS), ...FURTHER];

/** The names of their parameters, which lint compares with those of a rune. */
export const COMMAND_PARAMETERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(COMMAND_FACTS).map(([name, { positions }]) => [name, positions]),
);
