/** The type of an option's value; a flag has no value. */
export type OptionKind = 'flag' | 'string' | 'int' | 'bool' | 'msat';

/** One option of the sandbox or of a plugin. */
export interface OptionDefinition {
  readonly name: string;
  /** The short name: `h` for `-h`. */
  readonly short?: string;
  readonly kind: OptionKind;
  readonly description: string;
  /** The value in the help: `<file>`. */
  readonly placeholder?: string;
  /** Every value counts; otherwise the last one overrides the others. */
  readonly multi?: boolean;
  /** The value is a secret and is never shown. */
  readonly conceal?: boolean;
  readonly dynamic?: boolean;
  /** The program prints something and exits: `listconfigs` omits the option. */
  readonly exits?: boolean;
  /** `listconfigs` omits the option unless it is set, as lightningd does with its `dev-` options. */
  readonly hidden?: boolean;
  /** Trailing spaces are part of the value. */
  readonly keepWhitespace?: boolean;
  /** The path of the plugin that declares the option. */
  readonly plugin?: string;
  /** The default value, as text. */
  readonly fallback?: string;
  /** Returns lightningd's error text for an invalid value, or undefined. */
  readonly problem?: (value: string) => string | undefined;
}

/** Where a setting comes from. */
export type SettingSource =
  | { readonly kind: 'cmdline' }
  | {
      readonly kind: 'file';
      readonly scope: 'explicit' | 'base' | 'network';
      readonly file: string;
      readonly line: number;
    }
  | { readonly kind: 'pluginstart' }
  /** `setconfig` with `transient`: until the node stops. */
  | { readonly kind: 'setconfig' };

/** One option as it was set, not validated: `name` or `name=value`. */
export interface Setting {
  readonly name: string;
  /** Undefined if there was no `=`. */
  readonly value: string | undefined;
  readonly source: SettingSource;
}

/** A setting as it was written, without dashes. */
export function settingText({ name, value }: Setting): string {
  return value === undefined ? name : `${name}=${value}`;
}

/** Older names of options, which lightningd still accepts and never shows. */
const OLDER_NAMES: ReadonlyMap<string, string> = new Map([['wumbo', 'large-channels']]);

/** The name under which an option is defined. */
export function currentName(name: string): string {
  return OLDER_NAMES.get(name) ?? name;
}

/** Splits `name=value`. */
export function settingFrom(text: string, source: SettingSource): Setting {
  const equals = text.indexOf('=');
  return equals === -1
    ? { name: currentName(text), value: undefined, source }
    : { name: currentName(text.slice(0, equals)), value: text.slice(equals + 1), source };
}

/** The source of a setting, as in `listconfigs`. */
export function sourceText(source: SettingSource): string {
  switch (source.kind) {
    case 'cmdline':
    case 'pluginstart':
      return source.kind;
    case 'setconfig':
      return 'setconfig transient';
    case 'file':
      return `${source.file}:${source.line}`;
  }
}
