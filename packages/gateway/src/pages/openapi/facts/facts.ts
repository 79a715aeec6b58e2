import type { CommandFacts } from '@clnrest/commands';
import type { Category } from '@clnrest/commands/descriptions';

/** A JSON Schema of OpenAPI. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What `@clnrest/commands` knows about one command, as schemas of OpenAPI. */
export interface FactsOfCommand extends Pick<
  CommandFacts,
  'positions' | 'required' | 'errors' | 'added' | 'deprecated'
> {
  readonly category: Category;
  readonly summary: string;
  readonly description?: string;
  /** The schemas of parameters, by name. */
  readonly params: Readonly<Record<string, JsonSchema>>;
  readonly result: JsonSchema;
  /** An example of the result. */
  readonly example: unknown;
}

/** A group of commands. */
export interface CategoryFacts {
  readonly name: Category;
  readonly title: string;
  readonly description: string;
}

/** What `@clnrest/commands` knows, as data that JSON can represent. */
export interface Facts {
  readonly commands: Readonly<Record<string, FactsOfCommand>>;
  readonly categories: readonly CategoryFacts[];
  /** The names of the node's error codes: `INVOICE_LABEL_ALREADY_EXISTS`. */
  readonly errors: Readonly<Record<number, string>>;
}
