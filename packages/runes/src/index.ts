/**
 * Core Lightning runes: encode, decode, restrict, check and describe them, in Node and in browsers.
 *
 * @module
 */

// The language: an alternative is one condition. A restriction holds if one of its alternatives holds. A rune allows a
// call if all of its restrictions hold.
export { Alternative } from './alternative.ts';
export { type Condition, CONDITIONS } from './condition.ts';
export { Restriction } from './restriction.ts';
export { Rune } from './rune.ts';

// Issuing and verifying runes with a secret.
export { Master, type NotDerived } from './master.ts';
export { uniqueIdNumber } from './integers.ts';

// Restrictions in the forms that createrune and commando-rune accept.
export {
  parseRestrictions,
  READONLY,
  RestrictionsError,
  type RestrictionsForm,
} from './restrictions.ts';

// Checking a call: the reason for a refusal in lightningd's words, or undefined.
export type {
  Call,
  Circumstances,
  InvoiceFields,
  InvoiceProblem,
  InvoiceReader,
  StaticCall,
} from './call.ts';
export { refusalReason } from './refusal-reason.ts';
export {
  BLACKLISTED,
  type NodeCircumstances,
  NOT_AUTHORIZED,
  NOT_PERMITTED,
  type RuneRefusal,
  runeRefusal,
} from './rune-refusal.ts';
export { staticVerdict, type StaticVerdict } from './static-verdict.ts';
export { needsNode } from './needs-node.ts';
export { pauseBetweenUses } from './rate.ts';
export { type Parameter, type Parameters, readParameters } from './parameters.ts';

// Descriptions of showrunes and decode.
export { alternativeInEnglish, restrictionInEnglish, restrictionsInEnglish } from './english.ts';
export { type DecodedRune, decodedRune } from './decoded.ts';
export { summarize } from './summary.ts';
export { bytesFromText, isValidUtf8 } from './text.ts';

// Runes in the forms in which they are handed on; pairing links have a node's address and a rune.
export { extractRune, type RuneText } from './rune-text.ts';
export { encodePairingLink, type PairingLink, parsePairingLink } from './pairing-link.ts';

// The error for malformed texts.
export { RuneSyntaxError, type RuneSyntaxCode } from './errors.ts';

// Help for people: a rune in plain words, lint, and detailed verdicts.
export { inPlainWords, restrictionInWords } from './plain-words.ts';
export type { Finding, FindingCode } from './lint/finding.ts';
export { lint, type LintOptions } from './lint/lint.ts';
export {
  type AlternativeVerdict,
  explainVerdict,
  type RestrictionVerdict,
  type Verdict,
} from './verdict.ts';

// An authority: a node's rune commands, for any server and any store.
export {
  type AuthorityParts,
  BLACKLIST_END,
  RuneAuthority,
  type ShownRune,
} from './authority/authority.ts';
export { MemoryStore, type RuneStore, type StoredRune } from './authority/store.ts';
export type { Range as RuneRange } from './authority/ranges.ts';
