import { suggest } from './command-table/suggest.ts';
import { printable } from './rune/printable.ts';
import { redactRunes } from './rune-redaction.ts';

/** Returns the sentence for a subcommand that does not exist, with the one that was most likely meant. */
export function unknownCommand(
  group: '' | 'rune',
  name: string,
  commands: readonly { readonly name: string }[],
): string {
  const similar = suggest(
    name,
    commands.map((command) => command.name),
  );
  const program = group === '' ? 'clnrest' : `clnrest ${group}`;
  const hint = similar === undefined ? `see ${program} --help` : `did you mean ${similar}?`;
  return `unknown command '${printable(redactRunes(name))}'; ${hint}`;
}
