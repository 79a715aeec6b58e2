import { defaultText } from './default-text.ts';
import { docComment } from './doc.ts';
import type { Facts } from './fact-types.ts';
import { key } from './names.ts';
import { objectText } from './object-text.ts';
import { visible } from './object-types.ts';

/** What run-time code needs besides schemas: versions, errors, and the order of parameters. */
export function factsModule(facts: Facts): string {
  const entries = Object.entries(facts.commands).map(([name, command]) => {
    const { added, deprecated, errors, params } = command;
    const known = Object.entries(visible(params).properties ?? {});
    const positions = command.positions ?? known.map(([param]) => param);
    const defaults = known.flatMap(([param, schema]) => {
      const text = defaultText(schema);
      return text === undefined ? [] : [[param, text] as const];
    });
    const value = {
      positions,
      required: params.required ?? [],
      ...(defaults.length > 0 && { defaults: Object.fromEntries(defaults) }),
      ...(added !== undefined && { added }),
      ...(deprecated !== undefined && { deprecated }),
      ...(errors !== undefined && { errors }),
    };
    return `${key(name)}: ${objectText(value)},`;
  });
  return [
    "import type { CommandFacts } from './command-facts.ts';\nimport type { LightningdCommand } from './types/commands.ts';",
    `${docComment(['The version of lightningd that the types and schemas describe.'])}export const LIGHTNINGD_VERSION = '${facts.version}';`,
    `${docComment(['The facts about all commands, by name.'])}export const COMMAND_FACTS: Readonly<Record<LightningdCommand, CommandFacts>> = {\n${entries.join('\n')}\n};`,
  ].join('\n\n');
}
