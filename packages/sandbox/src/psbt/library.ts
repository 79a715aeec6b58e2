import type * as Library from '@scure/btc-signer';
import type { Command } from '../commands/command.ts';

let library: typeof Library | undefined;

/** Loads the library for PSBTs. Only commands that use PSBTs load it: an idle sandbox does not hold it in memory. */
async function load(): Promise<void> {
  library ??= await import('@scure/btc-signer');
}

/** The library. Call it within a command of {@link withPsbts}. */
export function psbtLibrary(): typeof Library {
  if (library === undefined) throw new Error('the library for PSBTs has not been loaded');
  return library;
}

/** The command, with the library loaded before it reads its parameters. */
export function withPsbts<Parts>(command: Command<Parts>): Command<Parts> {
  return {
    ...command,
    async run(call, params) {
      await load();
      return command.run(call, params);
    },
    async check(call, params) {
      await load();
      return command.check(call, params);
    },
  };
}
