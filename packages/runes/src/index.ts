/**
 * Core Lightning runes: encode, decode, restrict, judge and describe them, in Node and in browsers.
 *
 * @module
 */

// The three nouns: an alternative is one condition, a restriction is alternatives of which one must
// hold, a rune is restrictions that all must hold.
export { Alternative } from './alternative.ts';
export { type Condition, CONDITIONS } from './condition.ts';
export { Restriction } from './restriction.ts';
export { Rune } from './rune.ts';

// The node's side: a secret that makes runes and knows its own.
export { Master, type NotDerived } from './master.ts';
export { uniqueIdNumber } from './integers.ts';

// Restrictions in the forms that createrune and commando-rune accept.
export {
  parseRestrictions,
  READONLY,
  RestrictionsError,
  type RestrictionsForm,
} from './restrictions.ts';

// Judging: the reason for a refusal in lightningd's words, or undefined.
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
export { type Parameter, type Parameters, readParameters } from './parameters.ts';

// Describing: showrunes' English, and what decode says.
export { alternativeInEnglish, restrictionInEnglish, restrictionsInEnglish } from './english.ts';
export { type DecodedRune, decodedRune } from './decoded.ts';
export { summarize } from './summary.ts';
export { bytesFromText, isValidUtf8 } from './text.ts';

// Handing out: where a node is and a rune for it, in one link.
export { encodePairingLink, type PairingLink, parsePairingLink } from './pairing-link.ts';

// The error of all texts.
export { RuneSyntaxError, type RuneSyntaxCode } from './errors.ts';

// Helping: a rune in words, what its author may not have meant, and a verdict in every detail.
export { inPlainWords, restrictionInWords } from './plain-words.ts';
export { type Finding, type FindingCode, lint } from './lint.ts';
export {
  type AlternativeVerdict,
  explainVerdict,
  type RestrictionVerdict,
  type Verdict,
} from './verdict.ts';

// An authority: what a node does with runes, for any server, over any store.
export {
  type AuthorityParts,
  BLACKLIST_END,
  RuneAuthority,
  type ShownRune,
} from './authority/authority.ts';
export { MemoryStore, type RuneStore, type StoredRune } from './authority/store.ts';
export type { Range as RuneRange } from './authority/ranges.ts';
