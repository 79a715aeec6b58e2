import { VERSION } from '../version.ts';
import type { OptionDefinition } from './definition.ts';
import { OWN_OPTIONS, WITHOUT_EFFECT } from './own-options.ts';

const COLUMN = 34;
const WIDTH = 100;
/** Precedes a description below its option, on a narrow terminal. */
const INDENT = '    ';

function usageOf({ name, short, kind, placeholder }: OptionDefinition): string {
  const value = kind === 'flag' ? '' : (placeholder ?? `<${kind}>`);
  return `--${name}${short === undefined ? '' : `|-${short}`}${value === '' ? '' : `=${value}`}`;
}

function lineOf(option: OptionDefinition, width: number): string {
  const usage = usageOf(option);
  const fallback = option.fallback === undefined ? '' : ` (default: ${option.fallback})`;
  const text = `${option.description.replaceAll(/\s+/g, ' ')}${fallback}`;
  if (width >= WIDTH) return `${usage.padEnd(COLUMN)} ${text}`.trimEnd();
  const lines = wrapped(text.split(' '), width - INDENT.length);
  return [usage, ...lines.map((line) => INDENT + line)].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}:\n${lines.join('\n')}\n`;
}

/**
 * The text of `--help`: the options, with their defaults.
 *
 * @param ofPlugins - the options that the plugins have declared
 * @param width - the longest line, if the words allow it
 */
export function helpText(ofPlugins: readonly OptionDefinition[], width = WIDTH): string {
  const list = (options: readonly OptionDefinition[]): string[] =>
    options.map((option) => lineOf(option, width));
  const own = OWN_OPTIONS.filter(({ description }) => description !== '');
  const about = [
    `A development node with lightningd's socket and plugin protocol, ${VERSION}.`,
    'It is not a Lightning node: it simulates its chain and its peers, and never moves real money.',
  ];
  return `${about.flatMap((line) => wrapped(line.split(' '), width)).join('\n')}

${list(own).join('\n')}
${section('Options of plugins', list(ofPlugins))}${section(
    'Options of lightningd without effect',
    wrapped(
      WITHOUT_EFFECT.map(({ name }) => `--${name}`),
      width,
    ),
  )}`;
}

function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.flatMap((each) => fitting(each, width))) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Breaks a word that is longer than a line after its last hyphen that fits. */
function fitting(word: string, width: number): string[] {
  const at = word.length <= width ? -1 : word.lastIndexOf('-', width - 1);
  return at < 2 ? [word] : [word.slice(0, at + 1), ...fitting(word.slice(at + 1), width)];
}
