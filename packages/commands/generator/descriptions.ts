import type { CommandText } from '../src/description-types.ts';
import { HOOKS, NOTIFICATIONS } from '../src/descriptions/events.ts';
import { FIELDS } from '../src/descriptions/fields.ts';
import { CATEGORIES } from '../src/descriptions/index.ts';
import { SHARED_PARAMS } from '../src/descriptions/shared-params.ts';
import type { LightningdCommand } from '../src/types/commands.ts';
import type { DescriptionSource } from './description-source.ts';

const TEXTS: Readonly<Record<string, CommandText<LightningdCommand>>> = Object.assign(
  {},
  ...Object.values(CATEGORIES).map(({ commands }) => commands),
);

/** The texts in `src/descriptions`, as the generator needs them. */
export const descriptions: DescriptionSource = {
  // A new command has no text yet: the update reports it, and a test requires it.
  summary: (command) => TEXTS[command]?.summary ?? '',
  description: (command) => TEXTS[command]?.description ?? '',
  param: (command, path) => {
    const [name = '', ...rest] = path;
    if (rest.length > 0) return fieldText(path);
    const own: Readonly<Record<string, string | undefined>> = TEXTS[command]?.params ?? {};
    return own[name] ?? SHARED_PARAMS[name];
  },
  field: fieldText,
  notification: (topic) => (NOTIFICATIONS as Readonly<Record<string, string>>)[topic] ?? '',
  hook: (name) => (HOOKS as Readonly<Record<string, string>>)[name] ?? '',
};

function fieldText(path: readonly string[]): string | undefined {
  const name = path.at(-1) ?? '';
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
}
