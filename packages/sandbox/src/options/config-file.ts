import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';
import { settingFrom, type Setting, type SettingSource } from './definition.ts';

type FileScope = Extract<SettingSource, { kind: 'file' }>['scope'];

const DEEPEST_INCLUDE = 100;

/**
 * Reads a configuration file: one option a line, without its dashes; `#` at the start of a line
 * for a remark; `include path` for another file, relative to this one.
 *
 * @param mustExist - otherwise a file that is not there is an empty one
 * @throws SandboxError `bad_option` when it can't be read
 */
export function readConfigFile(
  file: string,
  scope: FileScope,
  mustExist: boolean,
  depth = 0,
): Setting[] {
  const content = readIfThere(file, mustExist);
  if (content === undefined) return [];
  const settings: Setting[] = [];
  for (const [index, line] of content.split(/[\r\n]/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('include ')) {
      const included = resolve(dirname(file), line.slice('include '.length));
      if (depth >= DEEPEST_INCLUDE) {
        throw new SandboxError('bad_option', `Include loop with ${file} and ${included}`);
      }
      settings.push(...readConfigFile(included, scope, true, depth + 1));
      continue;
    }
    settings.push(settingFrom(line, { kind: 'file', scope, file, line: index + 1 }));
  }
  return settings;
}

function readIfThere(file: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !mustExist) return undefined;
    throw new SandboxError(
      'bad_option',
      `Opening and reading ${file}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
