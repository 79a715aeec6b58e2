import { SandboxError } from '../sandbox-error.ts';
import { currentName, settingFrom, type OptionDefinition, type Setting } from './definition.ts';

/**
 * Reads a command line: `--name`, `--name=value`, `--name value`, `-h`.
 *
 * The options of plugins are still unknown. For an unknown option, the next argument is its value unless it begins with a
 * dash, as in lightningd.
 *
 * @throws SandboxError `bad_option` for an argument that is not an option
 */
export function readCommandLine(
  args: readonly string[],
  known: readonly OptionDefinition[],
): Setting[] {
  const settings: Setting[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const name = /^--?([^=]+)/.exec(arg)?.[1];
    if (name === undefined || arg === '--') {
      throw new SandboxError('bad_option', `no arguments accepted: ${arg}`);
    }
    const isShort = !arg.startsWith('--');
    const definition = known.find((option) =>
      isShort ? option.short === name : option.name === currentName(name),
    );
    let text = isShort ? (definition?.name ?? name) : arg.slice(2);
    const next = args[i + 1];
    if (!text.includes('=') && next !== undefined) {
      const takesNext =
        definition === undefined ? !next.startsWith('-') : definition.kind !== 'flag';
      if (takesNext) {
        text += `=${next}`;
        i++;
      }
    }
    settings.push(settingFrom(text, { kind: 'cmdline' }));
  }
  return settings;
}
