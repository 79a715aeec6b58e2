// The launcher of `@clnrest/lightningd`, which makes a plugin one file that finds Node.
import { importSource } from './import-source.mjs';

// In another file than that of `launcher.ts`, because the path of its shell script is relative to it.
const { withLauncher } = await importSource('packages/lightningd/src/launcher/with-launcher.ts');

export { withLauncher };
