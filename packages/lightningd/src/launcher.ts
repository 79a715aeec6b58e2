/**
 * Makes a plugin one executable file that finds Node.js on its own. For build scripts; plugins do not import it.
 */
export { type LauncherOptions, type SecondScript, withLauncher } from './launcher/with-launcher.ts';
