import type { RpcClient } from '@clnrest/lightningd';

/** A comment, which is the only restriction of the rune and names it in lists of runes. */
const RESTRICTION = 'name#clnrest start';

interface ShownRunes {
  readonly runes: readonly {
    readonly rune: string;
    readonly blacklisted?: boolean;
    readonly restrictions: readonly {
      readonly alternatives: readonly {
        readonly fieldname: string;
        readonly condition: string;
        readonly value: string;
      }[];
    }[];
  }[];
}

/**
 * Returns the rune of `clnrest start`, which allows every command. Creates it when the node has none, or if it was
 * revoked.
 */
export async function startRune(rpc: RpcClient): Promise<string> {
  const { runes } = await rpc.call<ShownRunes>('showrunes', {});
  const known = runes.find(
    ({ blacklisted, restrictions }) => blacklisted !== true && isOurs(restrictions),
  );
  if (known !== undefined) return known.rune;
  const { rune } = await rpc.call<{ rune: string }>('createrune', {
    restrictions: [[RESTRICTION]],
  });
  return rune;
}

function isOurs(restrictions: ShownRunes['runes'][number]['restrictions']): boolean {
  const alternatives = restrictions.flatMap(({ alternatives }) => alternatives);
  const [only] = alternatives;
  return (
    alternatives.length === 1 &&
    only !== undefined &&
    `${only.fieldname}${only.condition}${only.value}` === RESTRICTION
  );
}
