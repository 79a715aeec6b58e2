import type { LightningdCommand, CommandParams } from './types/commands.ts';

/** The texts about one command. */
export interface CommandText<Name extends LightningdCommand> {
  /** What the command does: one sentence that starts with a verb. */
  readonly summary: string;
  /** What else a caller must know. */
  readonly description?: string;
  readonly params?: { readonly [Param in keyof CommandParams[Name]]?: string };
}

/** The texts about the commands of one category. */
export interface CategoryText {
  readonly title: string;
  /** What the commands of the category have in common. */
  readonly description: string;
  readonly commands: { readonly [Name in LightningdCommand]?: CommandText<Name> };
}
