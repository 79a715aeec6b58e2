/** Helpers that the tests of several packages share. Never published. */

export { freePort } from './free-port.ts';
export { growth, isLinear } from './growth.ts';
export { RUNE } from './rune.ts';
export { closed, writable } from './sockets.ts';
export { temporaryDirectory } from './temporary-directory.ts';
