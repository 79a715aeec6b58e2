import type { Restriction } from '@clnrest/runes';
import type { Command } from '../node/commands.ts';
import type { DraftAlternative } from './draft.ts';

/**
 * Returns the command whose parameters the form suggests: the one entered for this purpose, else one that the form or the
 * rune allows by name, else the one to check.
 */
export function suggestedCommand(
  about: string,
  draft: readonly DraftAlternative[],
  restrictions: readonly Restriction[],
  checked: string,
  commands: readonly Command[],
): Command | undefined {
  const known = new Map(commands.map((command) => [command.name, command]));
  const drafted = draft.filter(({ kind, condition }) => kind === 'method' && condition === '=');
  const allowed = restrictions
    .flatMap(({ alternatives }) => alternatives)
    .filter(({ fieldname, condition }) => fieldname === 'method' && condition === '=');
  if (about.trim() !== '') return known.get(about.trim());
  const names = [...drafted, ...allowed].map(({ value }) => value);
  return [...names, checked]
    .map((name) => known.get(name.trim()))
    .find((each) => each !== undefined);
}
