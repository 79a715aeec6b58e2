/** A rune of a preset, before the limits that the operator chooses. */
export interface PresetRune {
  /** What the rune is for, if a program needs several: the name of its setting. */
  readonly use?: string;
  readonly commands: readonly string[] | 'readonly';
  /** Further restrictions, unescaped, of one alternative each. */
  readonly more?: readonly string[];
  /**
   * How the program sends the limits of fees, if it pays. `texts`: as text, which no restriction can compare with a number.
   * `no limits`: the program rejects runes with a limit. Absent for runes that allow no payment, and for a rune that allows
   * nothing but the invoice.
   */
  readonly fees?: 'numbers' | 'texts' | 'no limits' | 'only the invoice';
}
