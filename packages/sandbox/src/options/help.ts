import { VERSION } from '../version.ts';
import type { OptionDefinition } from './definition.ts';
import { OWN_OPTIONS, WITHOUT_EFFECT } from './own-options.ts';

const COLUMN = 34;
const WIDTH = 100;

function usageOf({ name, short, kind, placeholder }: OptionDefinition): string {
  const value = kind === 'flag' ? '' : (placeholder ?? `<${kind}>`);
  return `--${name}${short === undefined ? '' : `|-${short}`}${value === '' ? '' : `=${value}`}`;
}

function lineOf(option: OptionDefinition): string {
  const usage = usageOf(option);
  const fallback = option.fallback === undefined ? '' : ` (default: ${option.fallback})`;
  return `${usage.padEnd(COLUMN)} ${option.description.replaceAll(/\s+/g, ' ')}${fallback}`.trimEnd();
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}:\n${lines.join('\n')}\n`;
}

/**
 * The text of `--help`: the options, with their defaults.
 *
 * @param ofPlugins - the options that the plugins have declared
 */
export function helpText(ofPlugins: readonly OptionDefinition[]): string {
  const own = OWN_OPTIONS.filter(({ description }) => description !== '');
  return `A development node with lightningd's socket and plugin protocol, ${VERSION}.
It is not a Lightning node: it simulates its chain and its peers, and never moves real money.

${own.map(lineOf).join('\n')}
${section('Options of plugins', ofPlugins.map(lineOf))}${section(
    'Options of lightningd without effect',
    wrapped(WITHOUT_EFFECT.map(({ name }) => `--${name}`)),
  )}`;
}

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
