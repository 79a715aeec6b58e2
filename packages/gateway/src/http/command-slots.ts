import { Refusal } from '../errors.ts';

/**
 * Shares the commands that may run at once out among runes: a rune may hold as many as are left for
 * others. One alone gets half of all, the next half of what is left, and so whoever comes finds room
 * however long those before wait: it takes nine runes to fill 256 places.
 *
 * Runes that were derived from one count as one, since whoever holds a rune can derive as many as they
 * like.
 */
export class CommandSlots {
  readonly #total: number;
  readonly #held = new Map<string, number>();
  #taken = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /**
   * Takes a place for a rune that the judge allowed, and gives what gives it back. All who need no rune
   * count as one. Throws a {@link Refusal} (`busy`) where there is none.
   */
  take(rune: string | undefined): () => void {
    const origin = rune === undefined ? NO_RUNE : originOf(rune);
    const held = this.#held.get(origin) ?? 0;
    if (held >= this.#total - this.#taken) {
      throw Refusal.of('busy', { detail: held > 0 ? `commands ${whose(rune)}` : 'commands' });
    }
    this.#held.set(origin, held + 1);
    this.#taken++;
    return () => this.#giveBack(origin);
  }

  #giveBack(origin: string): void {
    this.#taken--;
    const held = (this.#held.get(origin) ?? 0) - 1;
    if (held > 0) this.#held.set(origin, held);
    else this.#held.delete(origin);
  }
}

/** No rune's unique id: those begin with `=`. */
const NO_RUNE = 'none';

function whose(rune: string | undefined): string {
  return rune === undefined ? 'without a rune' : 'of this rune';
}

/** Bytes of a rune's code, which differs with every restriction. */
const CODE_LENGTH = 32;
/** The 40th character of base64 begins with the 30th byte. */
const NEAR = { character: 40, byte: 30 };
/** Characters that hold the longest number of a rune. */
const ID_CHARACTERS = 64;

/**
 * The unique id of a genuine rune, `=12`: it stands behind the code and before all restrictions, and
 * every rune that is derived keeps it. Only so much is decoded: this runs for each command.
 */
export function originOf(rune: string): string {
  const part = rune.slice(NEAR.character, NEAR.character + ID_CHARACTERS);
  const text = Buffer.from(part, 'base64url').toString('latin1', CODE_LENGTH - NEAR.byte);
  const end = text.indexOf('&');
  return end === -1 ? text : text.slice(0, end);
}
