import { ClnrestError } from './errors.ts';

/** A command of the node. */
export interface Method {
  /** `invoice` */
  readonly name: string;
  /** `invoice amount_msat label description [expiry]`: those in brackets may be left out. */
  readonly usage: string;
}

/** The answer of `list-methods` → the commands. @throws {ClnrestError} `malformed_answer` */
export function methodsOf(answer: unknown): Method[] {
  const help: unknown = isObject(answer) ? answer['help'] : undefined;
  if (!Array.isArray(help)) {
    throw new ClnrestError('malformed_answer', 'The answer is no list of methods');
  }
  return help.flatMap((entry: unknown) => {
    const command: unknown = isObject(entry) ? entry['command'] : undefined;
    if (typeof command !== 'string') return [];
    const usage = command.trim();
    return [{ name: usage.split(' ')[0] ?? '', usage }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
