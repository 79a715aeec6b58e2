import { collectFacts } from './collect-facts.ts';
import type { Facts } from './facts.ts';

/**
 * Returns what `@clnrest/commands` knows. In a bundle, the facts are compressed text: each call decompresses it, so that a
 * server needs no memory for them before the first request for its document.
 */
export function readFacts(): Facts {
  return collectFacts();
}
