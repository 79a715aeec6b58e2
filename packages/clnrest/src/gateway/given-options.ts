import { UsageError } from '../usage-error.ts';
import { readConfigFile } from './config-file.ts';
import type { GatewayOption } from './option-table.ts';

/** The values of an option, and their place. */
export interface GivenOption {
  readonly values: readonly string[];
  /** The option as the operator wrote it: `--port`, `CLNREST_PORT` or `port` with the name of the file. */
  readonly shown: string;
}

/** The sources of options. */
export interface OptionSources {
  /** The options on the command line, as `parseArgs` returns them. */
  readonly commandLine: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
}

type Declarations = Readonly<Record<string, GatewayOption>>;

/** The name of the variable for an option. */
export function variableOf(name: string): string {
  return `CLNREST_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Collects options from the command line, the environment and the configuration file. For each option, the first of them that
 * sets it applies as a whole.
 *
 * @throws {UsageError} if the configuration file is not usable, or a flag has another value than true or false
 */
export function givenOptions(
  declarations: Declarations,
  { commandLine, env }: OptionSources,
): ReadonlyMap<string, GivenOption> {
  const given = new Map([...fromEnvironment(declarations, env), ...fromCommandLine(commandLine)]);
  const conf = given.get('conf')?.values.at(-1);
  if (conf === undefined) return given;
  return new Map([...fromFile(declarations, conf), ...given]);
}

function fromCommandLine(
  commandLine: OptionSources['commandLine'],
): readonly (readonly [string, GivenOption])[] {
  return Object.entries(commandLine).map(([name, value]) => [
    name,
    { values: [value].flat().map(String), shown: `--${name}` },
  ]);
}

/** An empty variable counts as not set. The values of a repeatable option are separated by white space. */
function* fromEnvironment(
  declarations: Declarations,
  env: NodeJS.ProcessEnv,
): Generator<readonly [string, GivenOption]> {
  for (const [name, { type, multi }] of Object.entries(declarations)) {
    const variable = variableOf(name);
    const text = env[variable]?.trim() ?? '';
    if (text === '') continue;
    const values = multi === true ? text.split(/\s+/) : [text];
    if (type === 'flag') checkFlag(text, variable);
    yield [name, { values, shown: variable }];
  }
}

function fromFile(declarations: Declarations, file: string): ReadonlyMap<string, GivenOption> {
  const given = new Map<string, GivenOption>();
  for (const { name, value, line } of readConfigFile(file)) {
    const declaration = Object.hasOwn(declarations, name) ? declarations[name] : undefined;
    if (declaration === undefined || name === 'conf') {
      throw new UsageError(`line ${line} of ${file}: ${name} is not an option`);
    }
    const isFlag = declaration.type === 'flag';
    if (value === undefined && !isFlag) {
      throw new UsageError(`line ${line} of ${file}: ${name} requires a value, as ${name}=value`);
    }
    if (isFlag) checkFlag(value ?? 'true', `line ${line} of ${file}: ${name}`);
    const before = declaration.multi === true ? (given.get(name)?.values ?? []) : [];
    given.set(name, { values: [...before, value ?? 'true'], shown: `${name} in ${file}` });
  }
  return given;
}

function checkFlag(text: string, shown: string): void {
  if (text !== 'true' && text !== 'false') throw new UsageError(`${shown} must be true or false`);
}
