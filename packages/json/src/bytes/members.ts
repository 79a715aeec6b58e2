import { FrameError } from './frame-error.ts';
import { ObjectScanner } from './object-scanner.ts';

/**
 * Returns the members of a JSON object as raw texts, digit for digit, with their white space. If a key
 * is repeated, the first value is returned, as in lightningd.
 *
 * Throws a FrameError if the text is not exactly one object. The values themselves are not validated.
 *
 * @example
 * ```ts
 * import { readMembers } from '@clnrest/json/bytes';
 * const members = readMembers('{"amount_msat": 9007199254740993, "label": "a"}');
 * members.get('amount_msat') // => '9007199254740993'
 * members.get('label') // => '"a"'
 * ```
 */
export function readMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let objects = 0;
  let key = '';
  let value = '';
  const scanner = new ObjectScanner({
    memberBegin(name) {
      if (objects > 0) throw new FrameError('more than one object');
      key = name;
      value = '';
    },
    memberBytes(piece) {
      // The text is scanned in one piece, so every value arrives in one piece.
      value = piece.toString('utf8');
    },
    memberEnd() {
      if (!members.has(key)) members.set(key, value);
    },
    objectEnd() {
      objects++;
    },
  });
  scanner.push(Buffer.from(text, 'utf8'));
  if (scanner.unfinished || objects !== 1) throw new FrameError('the text is not one JSON object');
  return members;
}
