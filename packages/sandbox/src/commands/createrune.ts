import type { RestrictionsForm, Rune } from '@clnrest/runes';
import { optional } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { restrictions, rune } from '../params/runes.ts';
import { withoutEmptyRestrictions } from '../runes/without-empty-restrictions.ts';
import { alias, defineCommand } from './command.ts';

const UNRESTRICTED =
  "WARNING: This rune has no restrictions! Anyone who has access to this rune could drain funds from your node. Be careful when giving this to apps that you don't trust. Consider using the restrictions parameter to only allow access to specific rpc methods.";

function runeCommand(name: string, form: RestrictionsForm) {
  return defineCommand({
    name,
    parameters: { rune: optional(rune), restrictions: optional(restrictions(form)) },
    run: ({ rune: given, restrictions: added = [] }, { node }: CallWith<'runes'>) =>
      runeJson(
        given === undefined
          ? node.runes.create(added)
          : withoutEmptyRestrictions(given.rune).restrictAll(added),
      ),
  });
}

function runeJson(made: Rune): CommandResult {
  return {
    rune: made.toBase64(),
    unique_id: made.uniqueId,
    warning_unrestricted_rune: made.restrictions.length === 0 ? UNRESTRICTED : undefined,
  };
}

export const createrune = runeCommand('createrune', 'createrune');

export const invokerune = alias('invokerune', createrune);

/** The command until v23.08. It accepts more forms of restrictions: strings in which `|` and `\` are special. */
export const commandoRune = runeCommand('commando-rune', 'commando');
