/**
 * What `getinfo` and `--version` say, and plugins find in LIGHTNINGD_VERSION.
 *
 * Clients compare it with versions of Core Lightning to learn what they may call, so it begins
 * with the version whose behaviour the sandbox has; and it must not pass for that, so it says what
 * it is, where builds of Core Lightning say how they were modified.
 */
export const VERSION = 'v26.06.6-sandbox';
