import { type Command, readCommands } from './commands.ts';

/**
 * Loads the commands of the page's node. The request needs no rune. Returns an empty list on errors.
 */
export async function loadCommands(): Promise<readonly Command[]> {
  try {
    const answer = await fetch('v1/list-methods', { headers: { accept: 'application/json' } });
    return answer.ok ? readCommands(await answer.json()) : [];
  } catch {
    // The page works without suggestions.
    return [];
  }
}
