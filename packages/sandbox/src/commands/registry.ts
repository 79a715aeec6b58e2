import type { Command } from './command.ts';

/** The commands of the sandbox and its plugins. */
export class CommandRegistry<Parts> {
  readonly #commands = new Map<string, Command<Parts>>();

  constructor(commands: Iterable<Command<Parts>>) {
    for (const command of commands) this.add(command);
  }

  find(name: string): Command<Parts> | undefined {
    return this.#commands.get(name);
  }

  /** @returns false, and changes nothing, if the name is taken */
  add(command: Command<Parts>): boolean {
    if (this.#commands.has(command.name)) return false;
    this.#commands.set(command.name, command);
    return true;
  }

  remove(name: string): void {
    this.#commands.delete(name);
  }

  /** The commands in bytewise order of their names, as in lightningd's `help`. */
  sorted(): Command<Parts>[] {
    return [...this.#commands.values()].toSorted((a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
  }
}
