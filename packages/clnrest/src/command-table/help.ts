import type { Terminal } from '../terminal.ts';
import { STATUS_MEANINGS } from '../exit-status.ts';
import type { CommandEntry, OptionEntry, Status } from './entry.ts';

/** The width without a terminal, and the widest on one: longer lines are hard to read. */
const MAX_WIDTH = 80;
const MIN_WIDTH = 20;
/** Below this width, descriptions are on the lines after the names. */
const MIN_COLUMNS_WIDTH = 60;

/** Prints the help of a command, for the width of the terminal. */
export function printHelp(path: string, entry: CommandEntry, terminal: Terminal): void {
  terminal.out(helpText(path, entry, terminal));
}

/**
 * Returns the help of a command.
 *
 * @param path the words before the command's arguments, such as `clnrest rune create`
 */
export function helpText(
  path: string,
  entry: CommandEntry,
  { columns = MAX_WIDTH, color = false }: Pick<Terminal, 'columns' | 'color'>,
): string {
  const width = Math.min(Math.max(columns, MIN_WIDTH), MAX_WIDTH);
  const heading = (text: string): string => (color ? `\u001B[1m${text}\u001B[22m` : text);
  const { usage, description, commands = [], options, moreOptions, examples } = entry;
  const blocks = [
    wrap(`Usage: ${path} ${usage}`, width, 0, 2),
    ...description.map((paragraph) => wrap(paragraph, width)),
    ...(commands.length === 0
      ? []
      : [[heading('Commands:'), ...table(commands.map(commandRow), width)]]),
    [heading('Options:'), ...table(Object.entries(options).map(optionRow), width)],
    ...(moreOptions === undefined ? [] : [wrap(moreOptions, width)]),
    [
      heading(examples.length === 1 ? 'Example:' : 'Examples:'),
      ...examples.flatMap((example) => wrapShell(example, width)),
    ],
    [heading('Exit status:'), ...table(statusRows(entry), width)],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

type Row = readonly [name: string, text: string];

function commandRow({ name, summary }: CommandEntry): Row {
  return [name, summary];
}

/** Returns an option as `-J, --json` or `--url=URL`, and its help. */
export function optionRow([name, { short, value, help }]: [string, OptionEntry]): Row {
  const long = `--${name}${value === undefined ? '' : `=${value}`}`;
  return [short === undefined ? long : `-${short}, ${long}`, help];
}

function statusRows(entry: CommandEntry): Row[] {
  return statusesOf(entry).map(([status, text]) => [String(status), text]);
}

/** Returns the exit statuses of a command with their meanings. */
export function statusesOf({ statuses }: CommandEntry): [Status, string][] {
  const used = ([0, 1, 2, 3, 4] as const).filter(
    (status) => statuses[status] !== undefined || status === 0 || status >= 3,
  );
  return used.map((status) => [status, statuses[status] ?? STATUS_MEANINGS[status]]);
}

/** Formats names and texts in two columns, or below each other on a narrow terminal. */
function table(rows: readonly Row[], width: number): string[] {
  if (width < MIN_COLUMNS_WIDTH) {
    return rows.flatMap(([name, text]) => [...wrap(name, width, 2, 4), ...wrap(text, width, 4)]);
  }
  const column = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.flatMap(([name, text]) => {
    const [first = '', ...more] = wrap(text, width, column);
    return [`  ${name.padEnd(column - 2)}${first.slice(column)}`, ...more];
  });
}

/** Breaks a text into indented lines. Longer words stay whole. */
export function wrap(text: string, width: number, first = 0, indent = first): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Breaks a command line so that it can still be pasted. Quoted words stay whole. */
function wrapShell(command: string, width: number): string[] {
  const words = command.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  const lines: string[] = [];
  let line = ' ';
  for (const [index, word] of words.entries()) {
    const isLast = index === words.length - 1;
    if (line.trim() !== '' && line.length + 1 + word.length + (isLast ? 0 : 2) > width) {
      lines.push(`${line} \\`);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
