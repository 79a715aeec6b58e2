import { collectFacts } from './collect-facts.ts';
import type { Facts } from './facts.ts';

/**
 * Returns what `@clnrest/commands` knows. In a bundle, the facts are compressed text: each call decompresses it, so that a
 * server that nobody asks for its document needs no memory for the facts.
 */
export function readFacts(): Facts {
  return collectFacts();
}
