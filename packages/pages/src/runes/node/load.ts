import { type Command, readCommands } from './commands.ts';

/**
 * The commands of the node that the page came from; none where it does not tell. It is asked as anyone may ask it:
 * without a rune.
 */
export async function loadCommands(): Promise<readonly Command[]> {
  try {
    const answer = await fetch('v1/list-methods', { headers: { accept: 'application/json' } });
    return answer.ok ? readCommands(await answer.json()) : [];
  } catch {
    // The page works without.
    return [];
  }
}
