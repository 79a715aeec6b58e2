/** The pages as HTML documents. Their scripts and styles are built into `dist`. */
export { type Place, placeOf, shell, type View } from './shell.ts';
export { eventsMain } from './events/markup.ts';
export { runesMain } from './runes/markup.ts';
