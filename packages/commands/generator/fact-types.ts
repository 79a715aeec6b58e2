/** A schema as the node's schema folder writes it: JSON Schema with lightningd's own types (`msat`, `pubkey`, …). */
export interface FactSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, FactSchema>>;
  readonly required?: readonly string[];
  readonly items?: FactSchema;
  readonly enum?: readonly unknown[];
  readonly if?: FactSchema;
  readonly then?: FactSchema;
  readonly else?: FactSchema;
  readonly allOf?: readonly FactSchema[];
  readonly anyOf?: readonly FactSchema[];
  readonly oneOf?: readonly FactSchema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly added?: string;
  /** The version that deprecated the item, and the version that removes it. */
  readonly deprecated?: readonly string[];
  /** A parameter for lightningd's developers. */
  readonly hidden?: boolean;
  readonly dependentUpon?: Readonly<Record<string, readonly string[]>>;
}

/** The facts about one command. */
export interface CommandFacts {
  readonly added?: string;
  readonly deprecated?: readonly string[];
  readonly params: FactSchema;
  readonly result: FactSchema;
  /** Codes of the errors that the command documents. */
  readonly errors?: readonly number[];
  /** The order of positional parameters, if it is not that of `params.properties`. */
  readonly positions?: readonly string[];
}

/** The facts about one notification. */
export interface NotificationFacts {
  readonly notification: string;
  readonly added?: string;
  readonly response: FactSchema;
}

/** The facts about one hook. */
export interface HookFacts {
  readonly hook: string;
  readonly added?: string;
  readonly request: FactSchema;
  readonly response: FactSchema;
}

/** The facts about one version of lightningd. */
export interface Facts {
  readonly version: string;
  readonly commands: Readonly<Record<string, CommandFacts>>;
  readonly notifications: Readonly<Record<string, NotificationFacts>>;
  readonly hooks: Readonly<Record<string, HookFacts>>;
}
