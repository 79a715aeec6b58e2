import type { CommandEntry } from './entry.ts';
import { optionRow, statusesOf } from './help.ts';
import { COMMANDS } from './table.ts';

/** Returns the generated part of `docs/reference/command-line.md`: all subcommands, in Markdown. */
export function commandReference(): string {
  return COMMANDS.map((entry) => section(entry, 'clnrest', 2)).join('\n\n');
}

function section(entry: CommandEntry, parent: string, level: number): string {
  const path = `${parent} ${entry.name}`;
  const { usage, description, options, moreOptions, examples, commands = [] } = entry;
  const blocks = [
    `${'#'.repeat(level)} ${path}`,
    ['```', `${path} ${usage}`, '```'].join('\n'),
    ...description.map(escaped),
    table(['option', 'meaning'], Object.entries(options).map(optionRow)),
    ...(moreOptions === undefined || commands.length > 0 ? [] : [escaped(moreOptions)]),
    ...(commands.length > 0 ? [] : [['```shell', ...examples, '```'].join('\n')]),
    `Exit status: ${statusesOf(entry)
      .filter(([status]) => entry.statuses[status] !== undefined || status === 0)
      .map(([status, text]) => `${status}: ${escaped(text)}`)
      .join('; ')}.`,
    ...commands.map((command) => section(command, path, level + 1)),
  ];
  return blocks.join('\n\n');
}

function table(
  head: readonly [string, string],
  rows: readonly (readonly [string, string])[],
): string {
  const body = rows.map(
    ([name, text]) => `| \`${name}\` | ${escaped(text).replaceAll('|', '\\|')} |`,
  );
  return [`| ${head.join(' | ')} |`, '| --- | --- |', ...body].join('\n');
}

/** Escapes what Markdown would read as markup. */
function escaped(text: string): string {
  return text.replaceAll(/[*_<>[\]^]/g, '\\$&');
}
