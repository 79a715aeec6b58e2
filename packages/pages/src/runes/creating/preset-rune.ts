/** A rune of a preset, before the limits that the operator chooses. */
export interface PresetRune {
  /** What the rune is for, if a program needs several: the name of its setting. */
  readonly use?: string;
  readonly commands: readonly string[] | 'readonly';
  /** Further restrictions, unescaped, of one alternative each. A rune with a limit does not have them. */
  readonly more?: readonly string[];
  /**
   * How the program sends the limits of fees, if it pays. `texts`: as text, which no restriction can compare with a number.
   * `no limits`: the program rejects runes with a limit. `only the invoice`: the program sends no other parameter. Absent for
   * runes that allow no payment.
   */
  readonly fees?: 'numbers' | 'texts' | 'no limits' | 'only the invoice';
}
