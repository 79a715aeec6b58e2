import { VERSION } from '../version.ts';
import type { OptionDefinition } from './definition.ts';
import { OWN_OPTIONS } from './own-options.ts';

const COLUMN = 34;

function usageOf({ name, short, kind, placeholder }: OptionDefinition): string {
  const value = kind === 'flag' ? '' : (placeholder ?? `<${kind}>`);
  return `--${name}${short === undefined ? '' : `|-${short}`}${value === '' ? '' : `=${value}`}`;
}

/** The text of `--help`: the options, with their defaults. */
export function helpText(): string {
  const lines = OWN_OPTIONS.filter(({ description }) => description !== '').map((option) => {
    const usage = usageOf(option);
    const fallback = option.fallback === undefined ? '' : ` (default: ${option.fallback})`;
    return `${usage.padEnd(COLUMN)} ${option.description}${fallback}`;
  });
  return `A development node with lightningd's socket and plugin protocol, ${VERSION}.
It is not a Lightning node: it simulates its chain and its peers, and never moves real money.

${lines.join('\n')}

Set the options of plugins in the same way.
`;
}
