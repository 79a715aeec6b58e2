import { type DecodedRune, decodedRune, Rune, RuneSyntaxError } from '@clnrest/runes';
import { Bolt11Error, decodeBolt11 } from '@clnrest/runes/bolt11';
import type { JsonToken } from '@clnrest/json/tokens';
import { anything, invalidToken, required } from '@clnrest/lightningd/parameters';
import type { Clock } from '../clock.ts';
import { seconds } from '../clock.ts';
import { bolt11Json } from '../invoices/bolt11-json.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';

export const decode = defineCommand({
  name: 'decode',
  parameters: { string: required(anything) },
  validate: ({ string }, { node }: CallWith<'clock'>) => void decoded(string, node.clock),
  run: ({ string }, { node }: CallWith<'clock'>) => decoded(string, node.clock),
});

function decoded(given: JsonToken, clock: Clock): CommandResult {
  const text = given.text.replace(/^(?:lightning:|LIGHTNING:)/, '');
  const invoice = readInvoice(text);
  if ('result' in invoice) return invoice.result;
  const rune = readRune(text, clock);
  // Most bech32 texts also parse as a rune. Only a valid rune counts.
  if (rune !== undefined && (invoice.problem === undefined || rune.valid)) return { ...rune };
  const raw = given.type === 'string' ? `"${text}"` : text;
  throw invalidToken('string', invoice.problem ?? 'Unparsable string', { ...given, raw });
}

/** The decoded invoice, or the problem. The problem is undefined if the text does not look like an invoice. */
function readInvoice(text: string): { result: CommandResult } | { problem: string | undefined } {
  if (/^ln[oirp]1/i.test(text)) return { problem: 'the sandbox does not decode BOLT 12' };
  try {
    const invoice = bolt11Json(decodeBolt11(text));
    return { result: { type: 'bolt11 invoice', ...invoice, valid: true } };
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    return { problem: /^ln(?:bcrt|bc|tbs|tb).*1/i.test(text) ? error.message : undefined };
  }
}

function readRune(text: string, clock: Clock): DecodedRune | undefined {
  try {
    return decodedRune(Rune.fromBase64(text), seconds(clock));
  } catch (error) {
    if (error instanceof RuneSyntaxError) return undefined;
    throw error;
  }
}
