/** The kinds of findings, by topic. The README describes each. */
export const FINDING_CODES = [
  'unrestricted',
  'any_command',
  'rate_only',
  'loose_alternative',
  'unlimited_amount',
  'unlimited_fee',
  'unlimited_count',
  'makes_runes',
  'controls_node',
  'needs_care',
  'never_passes',
  'expired',
  'always_passes',
  'several_in_value',
  'surrounded',
  'api_path',
  'unknown_command',
  'unknown_parameter',
  'time_unit',
  'no_such_peer',
  'unknown_field',
  'punctuation',
  'integers_only',
  'escapes',
  'named_only',
  'peers_only',
  'invoice_first',
  'no_effect',
] as const;

/** The kind of a finding. */
export type FindingCode = (typeof FINDING_CODES)[number];

/**
 * A part of a rune that its author may not have intended.
 *
 * `danger`: the rune allows more than it seems to. `mistake`: it does not do what its author probably meant. `hint`: it works, with a
 * surprising consequence.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'danger' | 'mistake' | 'hint';
  /** What is wrong and what to do, in one line. */
  readonly message: string;
  /** Index of the restriction; undefined if the finding is about the whole rune. */
  readonly restriction?: number;
  /** Index of the alternative in the restriction. */
  readonly alternative?: number;
}
