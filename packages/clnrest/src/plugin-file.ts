import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The plugin that comes with this command, bundled beside it. */
export function pluginFile(name: 'rest' | 'clnrest'): string {
  const beside = fileURLToPath(new URL(`plugins/${name}`, import.meta.url));
  if (!existsSync(beside)) throw new Error(`the plugin ${name} is missing from this installation`);
  return beside;
}
