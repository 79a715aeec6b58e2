/** JSON in byte streams, split anywhere, digit for digit. Requires Node. */

export { FrameError } from './bytes/frame-error.ts';
export { JsonFrames, type JsonFramesOptions } from './bytes/frames.ts';
export { ObjectScanner, type ObjectHandler } from './bytes/object-scanner.ts';
export { readElements } from './bytes/elements.ts';
export { readMembers } from './bytes/members.ts';
