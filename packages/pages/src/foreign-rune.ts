import { ClnrestError } from '@clnrest/client';

/** lightningd's code for a rune that does not derive from its secret. */
const NOT_AUTHORIZED = 1501;

/** Returns the message of an error. If the rune belongs to another node, says so before the node's words. */
export function messageOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const isForeign =
    error instanceof ClnrestError &&
    error.code === 'rune_not_authorized' &&
    error.nodeCode === NOT_AUTHORIZED;
  return isForeign
    ? `This rune belongs to another node, or is damaged: enter a rune of this node. The node responds: ${words}`
    : words;
}
