import { sha256 } from '@noble/hashes/sha2.js';
import { bech32 } from '@scure/base';
import type { NodeKeys } from '../keys/node-keys.ts';
import { bytesOfWords, WordWriter } from './words.ts';

/** R, S and the recovery id in five-bit words. */
const SIGNATURE_WORDS = 104;

/** The invoice with our signature in the place of its own. */
export function signedAgain(text: string, keys: NodeKeys): string {
  const { prefix, words } = bech32.decode(text.toLowerCase() as `${string}1${string}`, false);
  const data = words.slice(0, -SIGNATURE_WORDS);
  const signed = Buffer.concat([Buffer.from(prefix), bytesOfWords(data)]);
  const signature = new WordWriter();
  signature.bytes(keys.signRecoverable(sha256(signed)));
  return bech32.encode(prefix, [...data, ...signature.words], false);
}
