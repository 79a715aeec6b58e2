import type { Alternative } from '../alternative.ts';
import { quoted } from '../quoted.ts';
import type { SensitiveCommand } from './sensitive-commands.ts';

/**
 * Returns the message about a command that spends without a limit on the amount.
 *
 * @param tried an alternative of the rune that seems to limit the amount
 * @param isOnly whether the rune allows only this command
 */
export function amountFix(
  command: SensitiveCommand,
  tried: Alternative | undefined,
  isOnly: boolean,
): string {
  const name = quoted(command.name);
  const problem =
    tried === undefined
      ? `${name} has no limit on the amount`
      : `${quoted(String(tried))} does not limit the amount of ${name}`;
  const [invoice] = command.invoices;
  if (invoice !== undefined) {
    const limit = own(command, `pinv${invoice}_amount<100001`, isOnly);
    const why = tried === undefined ? '' : ', because an invoice has its own amount';
    return `${problem}${why}; for at most 100 sat, add ${limit}`;
  }
  const { recipient } = command;
  if (recipient !== undefined) {
    const absent = [`pname${recipient}!`, `parr${command.params.indexOf(recipient)}!`];
    const both = absent.map((text) => own(command, text, isOnly)).join(' and ');
    return `${name} can send funds to any address; to keep them in the node's wallet, add ${both}`;
  }
  if (command.onlyShows) {
    return `${name} decides how much the node adds to channels that others open; remove this command, or to only show the policy, add ${own(command, 'pnum=0', isOnly)}`;
  }
  const [amount] = command.amounts;
  if (amount !== undefined) {
    const limit = own(command, `pname${amount}<${command.inSatoshis ? '101' : '100001'}`, isOnly);
    return `${problem}; for at most 100 sat, add ${limit}`;
  }
  return `${name} spends an amount that no restriction can limit; remove this command, and allow pay with pinvbolt11_amount<100001 instead`;
}

/** Returns the message about a command whose caller chooses the fee. */
export function feeFix(
  command: SensitiveCommand,
  fees: readonly string[],
  isOnly: boolean,
): string {
  const absent = fees.map((fee) => own(command, `pname${fee}!`, isOnly)).join(' and ');
  return `${quoted(command.name)} has a limit on the amount, but not on the fee; add ${absent}`;
}

/** A restriction that applies to this command only. */
function own({ name }: SensitiveCommand, limit: string, isOnly: boolean): string {
  return quoted(isOnly ? limit : `method/${name}|${limit}`);
}
