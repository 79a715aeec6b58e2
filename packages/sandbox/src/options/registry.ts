import { SandboxError } from '../sandbox-error.ts';
import { settingText, type OptionDefinition, type Setting } from './definition.ts';

/** The options that `--clear-plugins` clears, if they precede it. */
const CLEARED: ReadonlySet<string> = new Set(['plugin', 'plugin-dir']);

/** The options of the sandbox and its plugins, and their settings. */
export class OptionRegistry {
  readonly #definitions = new Map<string, OptionDefinition>();
  #settings: Setting[] = [];

  constructor(definitions: Iterable<OptionDefinition>, settings: readonly Setting[]) {
    for (const definition of definitions) this.#definitions.set(definition.name, definition);
    this.#settings = [...settings];
  }

  definitions(): Iterable<OptionDefinition> {
    return this.#definitions.values();
  }

  find(name: string): OptionDefinition | undefined {
    return this.#definitions.get(name);
  }

  add(definition: OptionDefinition): void {
    this.#definitions.set(definition.name, definition);
  }

  /** Removes an option, and its settings from `plugin start`. */
  remove(name: string): void {
    this.#definitions.delete(name);
    this.#settings = this.#settings.filter(
      (setting) => setting.name !== name || setting.source.kind !== 'pluginstart',
    );
  }

  set(setting: Setting): void {
    this.#settings.push(setting);
  }

  /**
   * Replaces the settings of an option.
   *
   * @param keepsOthers - whether settings that are not transient remain
   */
  replace(name: string, settings: readonly Setting[], keepsOthers: boolean): void {
    const others = this.#settings.filter(
      (setting) => setting.name !== name || (keepsOthers && setting.source.kind !== 'setconfig'),
    );
    this.#settings = [...others, ...settings];
  }

  settings(): readonly Setting[] {
    return this.#settings;
  }

  /** The settings that count: all for a multi option, or the transient ones if there are any; otherwise the last one. */
  given(name: string): readonly Setting[] {
    const settings = this.#effective(name);
    if (this.find(name)?.multi !== true) return settings.slice(-1);
    const transient = settings.filter(({ source }) => source.kind === 'setconfig');
    return transient.length > 0 ? transient : settings;
  }

  /** The settings that a restart keeps: all for a multi option, otherwise the last one. */
  lasting(name: string): readonly Setting[] {
    const settings = this.#effective(name).filter(({ source }) => source.kind !== 'setconfig');
    return this.find(name)?.multi === true ? settings : settings.slice(-1);
  }

  #effective(name: string): readonly Setting[] {
    const cleared = CLEARED.has(name)
      ? this.#settings.findLastIndex((setting) => setting.name === 'clear-plugins')
      : -1;
    return this.#settings.filter((setting, index) => setting.name === name && index > cleared);
  }

  isSet(name: string): boolean {
    return this.given(name).length > 0;
  }

  /** The option's value without trailing spaces, as in lightningd, or its default. */
  value(name: string): string | undefined {
    const definition = this.find(name);
    const [setting] = this.given(name);
    if (setting?.value === undefined) return definition?.fallback;
    return optionValue(setting.value, definition);
  }

  values(name: string): string[] {
    const definition = this.find(name);
    return this.given(name).flatMap(({ value }) =>
      value === undefined ? [] : [optionValue(value, definition)],
    );
  }

  /**
   * Validates all settings.
   *
   * @throws SandboxError `bad_option` with lightningd's text
   */
  checkAll(): void {
    for (const setting of this.#settings) {
      const problem = settingProblem(setting, this.find(setting.name));
      if (problem !== undefined) throw settingError(setting, problem);
    }
  }
}

/** Returns lightningd's error text for an invalid setting, or undefined. */
export function settingProblem(
  { value }: Setting,
  definition: OptionDefinition | undefined,
): string | undefined {
  if (definition === undefined) return 'unknown option';
  if (definition.kind === 'flag')
    return value === undefined ? undefined : "doesn't allow an argument";
  if (value === undefined) return 'requires an argument';
  return definition.problem?.(optionValue(value, definition));
}

/** The error for an invalid setting. It names the setting's file and line. */
export function settingError(setting: Setting, problem: string): SandboxError {
  const { source } = setting;
  const text = settingText(setting);
  return new SandboxError(
    'bad_option',
    source.kind === 'file'
      ? `Config file ${source.file} line ${source.line}: ${text}: ${problem}`
      : `--${text}: ${problem}`,
  );
}

function optionValue(value: string, definition: OptionDefinition | undefined): string {
  return definition?.keepWhitespace === true ? value : value.trimEnd();
}
