import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Returns the path of a plugin that is bundled with this command. */
export function pluginFile(name: 'rest' | 'clnrest'): string {
  const file = fileURLToPath(new URL(`plugins/${name}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`the plugin ${name} is missing from this installation`);
  return file;
}
