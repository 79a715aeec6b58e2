/**
 * The version in `getinfo`, `--version` and the plugins' LIGHTNINGD_VERSION.
 *
 * Clients compare it with versions of Core Lightning to decide what they can call. It therefore begins with the version
 * that the sandbox imitates. The suffix is where modified builds of Core Lightning name themselves.
 */
export const VERSION = 'v26.06.6-sandbox';
