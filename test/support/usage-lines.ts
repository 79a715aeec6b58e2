import { COMMAND_FACTS, type LightningdCommand } from '@clnrest/commands';

/** plugin shows its subcommands instead; pay shows `invstring`, and accepts `bolt11`, too. */
const OTHER_USAGE = new Set(['plugin', 'pay']);
/** Parameters that the schema folder does not mention, because they are for developers. */
const UNDOCUMENTED = /^\[(?:dev[-_].*|skip_stfu)\]$/;

/** Returns the commands whose parameters differ from the usage lines of `help`, in order or in what is required. */
export function differentUsage(help: readonly { readonly command: string }[]): string[] {
  return help.flatMap(({ command }) => {
    const [name = '', ...shown] = command.split(' ').filter((word) => word !== '(DEPRECATED!)');
    if (!isKnown(name) || OTHER_USAGE.has(name)) return [];
    const { positions, required } = COMMAND_FACTS[name];
    const ours = positions.map((param) => (required.includes(param) ? param : `[${param}]`));
    const theirs = shown.filter((param) => !UNDOCUMENTED.test(param) || ours.includes(param));
    if (ours.join(' ') === theirs.join(' ')) return [];
    return [`${name}: ${ours.join(' ')} ≠ ${theirs.join(' ')}`];
  });
}

/** Returns how many commands of `help` the facts describe. */
export function knownCommands(help: readonly { readonly command: string }[]): number {
  return help.filter(({ command }) => isKnown(command.split(' ')[0] ?? '')).length;
}

function isKnown(name: string): name is LightningdCommand {
  return Object.hasOwn(COMMAND_FACTS, name);
}
