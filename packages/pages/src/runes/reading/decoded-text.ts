import { decodedRune, type Rune } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/** What lightningd's decode answers, as text that is easy to read. */
export function decodedText(rune: Rune, now: bigint): string {
  const lines = JSON.stringify(decodedRune(rune, now), null, 2).split('\n');
  return lines.map(visible).join('\n');
}
