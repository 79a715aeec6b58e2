import { MalformedValue } from './byte-reader.ts';
import { Bolt12Error } from './error.ts';
import { type Message, readMessage } from './fields.ts';
import { bytesOfText } from './text-format.ts';

/** The form of a message as text. */
interface TextForm<F> {
  readonly prefix: string;
  readonly fields: F;
  /** lightningd's message for malformed bytes. */
  readonly malformed: string;
}

/** @throws {Bolt12Error} with lightningd's message */
export function messageOfText<F extends object>(
  text: string,
  { prefix, fields, malformed }: TextForm<F>,
): Message<F> {
  try {
    return readMessage(fields, bytesOfText(text, prefix));
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error;
    throw new Bolt12Error(malformed, { cause: error });
  }
}
