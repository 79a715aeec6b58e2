import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The files of other packages that our pages are made of. The bundler puts them into the program. */
export const ASSET_FILES = [
  '@clnrest/pages/dist/api.css',
  '@clnrest/pages/dist/api.js',
  '@clnrest/pages/dist/events.js',
  '@clnrest/pages/dist/icon.png',
  '@clnrest/pages/dist/icon.svg',
  '@clnrest/pages/dist/look.css',
  '@clnrest/pages/dist/runes.js',
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/swagger-ui-bundle.js',
] as const;

/** One of them. */
export type AssetFile = (typeof ASSET_FILES)[number];

const require = createRequire(import.meta.url);

/** The bytes of a file. In a bundle this is replaced: nothing is read from the disk there. */
export function readAssetFile(name: AssetFile): Buffer {
  return readFileSync(require.resolve(name));
}
