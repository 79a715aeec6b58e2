import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from './usage-error.ts';

/** Returns the path of a plugin that is bundled with this command. */
export function pluginFile(name: 'rest' | 'clnrest'): string {
  const file = fileURLToPath(new URL(`plugins/${name}`, import.meta.url));
  if (existsSync(file)) return file;
  throw new UsageError(
    `the plugin ${name} is missing: run npm run build, or install clnrest again`,
  );
}
