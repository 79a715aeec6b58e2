import { ClnrestError } from './errors.ts';

/** A command of the node. */
export interface Method {
  /** `invoice` */
  readonly name: string;
  /** `invoice amount_msat label description [expiry]`; brackets mark optional parameters. */
  readonly usage: string;
}

/** Reads the response of `list-methods`. @throws {ClnrestError} `malformed_answer` */
export function methodsOf(answer: unknown): Method[] {
  const help: unknown = isObject(answer) ? answer['help'] : undefined;
  if (!Array.isArray(help)) {
    throw new ClnrestError('malformed_answer', 'The response is not a list of methods');
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
