/** The presets of the runes page, for tests that check them with a node. */
export { PRESETS } from './preset.ts';
export { presetRestrictions } from './preset-restrictions.ts';
