import { decodedRune, type Rune } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/** Returns the pretty-printed output of lightningd's decode. */
export function decodedText(rune: Rune, now: bigint): string {
  const lines = JSON.stringify(decodedRune(rune, now), null, 2).split('\n');
  return lines.map(visible).join('\n');
}
