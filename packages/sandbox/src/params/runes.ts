import {
  parseRestrictions,
  RestrictionsError,
  Rune,
  RuneSyntaxError,
  uniqueIdNumber,
  type Restriction,
  type RestrictionsForm,
} from '@clnrest/runes';
import type { JsonToken } from '@clnrest/json/tokens';
import { invalidToken, type Parser } from '@clnrest/lightningd/parameters';

/** A rune from a request. */
interface GivenRune {
  /** The text of the request. Its padding can be missing. */
  readonly text: string;
  readonly rune: Rune;
  readonly uniqueId: string;
}

/** A rune with a numeric unique id, as lightningd creates them. */
export const rune: Parser<GivenRune> = (token, name) => {
  const parsed = parseRune(token.text);
  if (parsed === undefined) throw invalidToken(name, 'should be base64 string', token);
  const { uniqueId } = parsed;
  if (uniqueId === undefined || uniqueIdNumber(uniqueId) === undefined) {
    throw invalidToken(name, 'should have valid numeric unique_id', token);
  }
  return { text: token.text, rune: parsed, uniqueId };
};

function parseRune(text: string): Rune | undefined {
  try {
    return Rune.fromBase64(text);
  } catch (error) {
    if (error instanceof RuneSyntaxError) return undefined;
    throw error;
  }
}

/** Restrictions in the form that the command accepts. */
export function restrictions(form: RestrictionsForm): Parser<Restriction[]> {
  return (token, name) => {
    try {
      return parseRestrictions(token.raw, form);
    } catch (error) {
      if (!(error instanceof RuneSyntaxError)) throw error;
      const offending = error instanceof RestrictionsError ? error.token : token.raw;
      const complaint = 'not a valid restriction (should be array)';
      throw invalidToken(name, complaint, { ...token, raw: offending });
    }
  };
}

/** The rune library reads JSON strictly and up to a depth, unlike lightningd's parser. */
export const UNREADABLE_PARAMS = 'params are not standard JSON, or nested too deep';

/** Runs a check of a rune. Returns {@link UNREADABLE_PARAMS} if the rune library cannot read the command's parameters. */
export function unlessUnreadable<T>(check: () => T): T | typeof UNREADABLE_PARAMS {
  try {
    return check();
  } catch (error) {
    if (error instanceof RuneSyntaxError && error.code === 'bad_parameters') {
      return UNREADABLE_PARAMS;
    }
    throw error;
  }
}

/** The parameters of the command that `checkrune` checks. */
export const callParams: Parser<JsonToken> = (token, name) => {
  if (token.type === 'object' || token.type === 'array') return token;
  throw invalidToken(name, 'must be object or array', token);
};
