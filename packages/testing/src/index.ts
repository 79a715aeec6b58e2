/** Helpers that the tests of several packages share. Never published. */

export { closed, FakeSocket, type FakeRequest, writable } from './fake-socket.ts';
export { freePort } from './free-port.ts';
export { growth, isLinear } from './growth.ts';
export { RUNE } from './rune.ts';
export { temporaryDirectory } from './temporary-directory.ts';
