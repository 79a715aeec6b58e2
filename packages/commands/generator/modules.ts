import type { DescriptionSource } from './description-source.ts';
import { factsModule } from './facts-module.ts';
import type { Facts } from './fact-types.ts';
import type { Files } from './files.ts';
import { HEADER } from './header.ts';
import { schemaFiles } from './schema-modules.ts';
import { commandIndex, hookIndex, notificationIndex } from './type-indexes.ts';
import { commandModule, hookModule, notificationModule } from './type-modules.ts';

/** The folders whose files are all generated. */
export const GENERATED_FOLDERS = [
  'src/types/commands',
  'src/types/notifications',
  'src/types/hooks',
  'src/schemas',
];

/** Returns all generated files of `src`, before formatting. */
export function generatedFiles(facts: Facts, descriptions: DescriptionSource): Files {
  const commands = Object.entries(facts.commands).map(([name, each]) =>
    commandModule(name, each, descriptions),
  );
  const notifications = Object.values(facts.notifications).map((each) =>
    notificationModule(each, descriptions),
  );
  const hooks = Object.entries(facts.hooks).map(([name, each]) =>
    hookModule(name, each, descriptions),
  );
  return new Map([
    ...[...commands, ...notifications, ...hooks].map(
      (each) => [each.file, HEADER + each.text] as const,
    ),
    ['src/types/commands.ts', HEADER + commandIndex(facts, commands, descriptions)],
    ['src/types/notifications.ts', HEADER + notificationIndex(facts, notifications, descriptions)],
    ['src/types/hooks.ts', HEADER + hookIndex(facts, hooks, descriptions)],
    ...schemaFiles(facts),
    ['src/facts.ts', HEADER + factsModule(facts)],
  ]);
}
