import { SandboxError } from '../sandbox-error.ts';
import { settingText, type OptionDefinition, type Setting } from './definition.ts';

/** All options that exist, and what was set: the sandbox's own, and those of its plugins. */
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

  /** Takes away an option and what was set with `plugin start`. */
  remove(name: string): void {
    this.#definitions.delete(name);
    this.#settings = this.#settings.filter(
      (setting) => setting.name !== name || setting.source.kind !== 'pluginstart',
    );
  }

  set(setting: Setting): void {
    this.#settings.push(setting);
  }

  settings(): readonly Setting[] {
    return this.#settings;
  }

  /** What was set: for a multi option all, otherwise the last one, which overrides the others. */
  given(name: string): readonly Setting[] {
    const settings = this.#settings.filter((setting) => setting.name === name);
    return this.find(name)?.multi === true ? settings : settings.slice(-1);
  }

  isSet(name: string): boolean {
    return this.given(name).length > 0;
  }

  /** The option's value, trimmed as lightningd trims; its default, if any, if it was not set. */
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
   * Holds everything that was set against the options there are.
   *
   * @throws SandboxError `bad_option`, in lightningd's words
   */
  checkAll(): void {
    for (const setting of this.#settings) {
      const problem = settingProblem(setting, this.find(setting.name));
      if (problem !== undefined) throw badSetting(setting, problem);
    }
  }
}

/** What is wrong with a setting, in lightningd's words. */
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

/** The error for a wrong setting, which says where it stands. */
export function badSetting(setting: Setting, problem: string): SandboxError {
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
