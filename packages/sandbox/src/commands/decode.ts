import { type DecodedRune, decodedRune, Rune, RuneSyntaxError } from '@clnrest/runes';
import { Bolt11Error, decodeBolt11 } from '@clnrest/runes/bolt11';
import type { JsonToken } from '@clnrest/json/tokens';
import { anything, invalidToken, required } from '@clnrest/lightningd/parameters';
import { decodeBolt12 } from '../bolt12/decode.ts';
import type { Clock } from '../clock.ts';
import { seconds } from '../clock.ts';
import { bolt11Json } from '../invoices/bolt11-json.ts';
import { rejectUnknownFeatures } from '../invoices/unknown-feature.ts';
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
  const bolts = readBolts(text);
  if ('result' in bolts) return bolts.result;
  const rune = readRune(text, clock);
  // Most bech32 texts also parse as a rune. Only a valid rune counts.
  if (rune !== undefined && (bolts.problem === undefined || rune.valid)) return { ...rune };
  const raw = given.type === 'string' ? `"${text}"` : text;
  throw invalidToken('string', bolts.problem ?? 'Unparsable string', { ...given, raw });
}

/** The decoded text, or the problem. The problem is undefined if the text looks like none of these. */
function readBolts(text: string): { result: CommandResult } | { problem: string | undefined } {
  const bolt12 = decodeBolt12(text);
  if ('result' in bolt12) return bolt12;
  try {
    const invoice = decodeBolt11(text);
    rejectUnknownFeatures(invoice.features);
    return { result: { type: 'bolt11 invoice', ...bolt11Json(invoice), valid: true } };
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    const isLikely = /^ln(?:bcrt|bc|tbs|tb).*1/i.test(text);
    return { problem: bolt12.problem ?? (isLikely ? error.message : undefined) };
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
