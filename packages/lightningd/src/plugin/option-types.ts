interface Described {
  /** A line for `lightningd --help`. */
  readonly description: string;
  /** `true`, or the version that deprecates the option and, optionally, the last version that accepts it. */
  readonly deprecated?: boolean | readonly [string] | readonly [string, string];
  /** Whether `setconfig` can change it while the plugin runs. */
  readonly dynamic?: boolean;
}

/** A string. `listconfigs` shows a `string-conceal` as `...`. */
export interface StringOption extends Described {
  readonly type: 'string' | 'string-conceal';
  readonly default?: string;
  /** Whether the option can be repeated; the value is then an array. */
  readonly multi?: true;
}

/** An integer within ±(2^53 − 1). */
export interface IntOption extends Described {
  readonly type: 'int';
  readonly default?: number;
  /** Whether the option can be repeated; the value is then an array. */
  readonly multi?: true;
}

/** `true` or `false`, given as `--name=true`. */
export interface BoolOption extends Described {
  readonly type: 'bool';
  readonly default?: boolean;
}

/** `--name` without a value; `false` by default. */
export interface FlagOption extends Described {
  readonly type: 'flag';
}

/** An option in the manifest. */
export type OptionDeclaration = StringOption | IntOption | BoolOption | FlagOption;

/** A plugin's options by name (lowercase letters, digits, `-` and `_`). */
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
