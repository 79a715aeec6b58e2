interface Described {
  /** One line for `lightningd --help`. */
  readonly description: string;
  /** `true`, or the version when deprecation starts and, optionally, the last version that permits it. */
  readonly deprecated?: boolean | readonly [string] | readonly [string, string];
  /** Whether `setconfig` may change it while the plugin runs. */
  readonly dynamic?: boolean;
}

/** A text. `string-conceal` is shown as `...` by `listconfigs`. */
export interface StringOption extends Described {
  readonly type: 'string' | 'string-conceal';
  readonly default?: string;
  /** May be given several times; the value is an array. */
  readonly multi?: true;
}

/** A whole number within ±(2^53 − 1). */
export interface IntOption extends Described {
  readonly type: 'int';
  readonly default?: number;
  /** May be given several times; the value is an array. */
  readonly multi?: true;
}

/** `true` or `false`, given as `--name=true`. */
export interface BoolOption extends Described {
  readonly type: 'bool';
  readonly default?: boolean;
}

/** `--name` without a value; `false` where it is absent. */
export interface FlagOption extends Described {
  readonly type: 'flag';
}

/** One option of a plugin, as lightningd is told of it. */
export type OptionDeclaration = StringOption | IntOption | BoolOption | FlagOption;

/** All options of a plugin by name (lower case letters, digits, `-` and `_`). */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

type Scalar<D extends OptionDeclaration> = D extends StringOption
  ? string
  : D extends IntOption
    ? number
    : boolean;

/**
 * The type of an option's value: `readonly T[]` if `multi`, `T` if it has a default or is a flag,
 * else `T | undefined`.
 */
export type OptionValue<D extends OptionDeclaration> = D extends { readonly multi: true }
  ? readonly Scalar<D>[]
  : D extends FlagOption
    ? boolean
    : D extends { readonly default: string | number | boolean }
      ? Scalar<D>
      : Scalar<D> | undefined;

/** The values of a plugin's options by name. */
export type OptionValues<O extends OptionDeclarations> = {
  readonly [Name in keyof O]: OptionValue<O[Name]>;
};
