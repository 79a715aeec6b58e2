/** The pages as documents. Their scripts and their style are built into `dist`. */
export { type Place, placeOf, shell, type View } from './shell.ts';
export { eventsMain } from './events/markup.ts';
export { runesMain } from './runes/markup.ts';
