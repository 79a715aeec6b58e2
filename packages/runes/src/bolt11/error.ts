/** A text is no valid BOLT 11 invoice; the message is lightningd's. */
export class Bolt11Error extends Error {
  override readonly name = 'Bolt11Error';
  readonly code = 'bad_invoice';
}
