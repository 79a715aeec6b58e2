import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';
import { settingFrom, type Setting, type SettingSource } from './definition.ts';

type FileScope = Extract<SettingSource, { kind: 'file' }>['scope'];

const MAX_INCLUDE_DEPTH = 100;

/**
 * Reads a configuration file. Each line is an option without its dashes, a comment that starts with `#`, or
 * `include path`, relative to this file.
 *
 * @param mustExist - if false, a missing file is treated as empty
 * @throws SandboxError `bad_option` if the file cannot be read
 */
export function readConfigFile(
  file: string,
  scope: FileScope,
  mustExist: boolean,
  depth = 0,
): Setting[] {
  const content = readIfPresent(file, mustExist);
  if (content === undefined) return [];
  const settings: Setting[] = [];
  for (const [index, line] of content.split(/[\r\n]/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('include ')) {
      const included = resolve(dirname(file), line.slice('include '.length));
      if (depth >= MAX_INCLUDE_DEPTH) {
        throw new SandboxError('bad_option', `Include loop with ${file} and ${included}`);
      }
      settings.push(...readConfigFile(included, scope, true, depth + 1));
      continue;
    }
    settings.push(settingFrom(line, { kind: 'file', scope, file, line: index + 1 }));
  }
  return settings;
}

function readIfPresent(file: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ENOTDIR: the directory cannot exist, which its own check reports.
    const missing =
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (missing && !mustExist) return undefined;
    throw new SandboxError(
      'bad_option',
      `Opening and reading ${file}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
