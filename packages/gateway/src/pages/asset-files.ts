import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Files of other packages that the pages use. The bundler adds them to the program. */
export const ASSET_FILES = [
  '@clnrest/pages/dist/api.css',
  '@clnrest/pages/dist/api.js',
  '@clnrest/pages/dist/commands.js',
  '@clnrest/pages/dist/events.js',
  '@clnrest/pages/dist/icon.png',
  '@clnrest/pages/dist/icon.svg',
  '@clnrest/pages/dist/look.css',
  '@clnrest/pages/dist/runes.js',
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/swagger-ui-bundle.js',
] as const;

/** One of {@link ASSET_FILES}. */
export type AssetFile = (typeof ASSET_FILES)[number];

const require = createRequire(import.meta.url);

/** Reads a file. A bundle replaces this function and does not read from the disk. */
export function readAssetFile(name: AssetFile): Buffer {
  return readFileSync(require.resolve(name));
}
