/** What an option's value is; a flag has none. */
export type OptionKind = 'flag' | 'string' | 'int' | 'bool';

/** One option, of the sandbox's own or of a plugin's. */
export interface OptionDefinition {
  readonly name: string;
  /** Other names for the same: `-h`'s is `h`. */
  readonly short?: string;
  readonly kind: OptionKind;
  readonly description: string;
  /** What stands for the value in the help: `<file>`. */
  readonly placeholder?: string;
  /** May be given several times; otherwise the last one counts. */
  readonly multi?: boolean;
  /** The value is not shown: a secret. */
  readonly conceal?: boolean;
  readonly dynamic?: boolean;
  /** Ends the program after saying something: not a setting, not listed. */
  readonly exits?: boolean;
  /** Not listed unless it was given, as lightningd does with its `dev-` options. */
  readonly hidden?: boolean;
  /** Trailing spaces are part of the value. */
  readonly keepWhitespace?: boolean;
  /** The path of the plugin whose option it is. */
  readonly plugin?: string;
  /** The value, as text, where none is given. */
  readonly fallback?: string;
  /** What is wrong with a value, in lightningd's words; undefined if nothing is. */
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
  | { readonly kind: 'pluginstart' };

/** One thing that was set: `name` or `name=value`, not yet known to be right. */
export interface Setting {
  readonly name: string;
  /** Undefined where there was no `=`. */
  readonly value: string | undefined;
  readonly source: SettingSource;
}

/** A setting as it was written. */
export function settingText({ name, value }: Setting): string {
  return value === undefined ? name : `${name}=${value}`;
}

/** Splits `name=value`. */
export function settingFrom(text: string, source: SettingSource): Setting {
  const equals = text.indexOf('=');
  return equals === -1
    ? { name: text, value: undefined, source }
    : { name: text.slice(0, equals), value: text.slice(equals + 1), source };
}

/** How `listconfigs` tells where a setting comes from. */
export function sourceText(source: SettingSource): string {
  switch (source.kind) {
    case 'cmdline':
    case 'pluginstart':
      return source.kind;
    case 'file':
      return `${source.file}:${source.line}`;
  }
}
