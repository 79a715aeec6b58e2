const KEY = 'clnrest-rune';

/** The rune that this tab remembers until it is closed, where its user has asked for it. */
export const runeMemory = {
  read: (): string | undefined => attempt(() => sessionStorage.getItem(KEY)) ?? undefined,
  write: (rune: string): void => attempt(() => sessionStorage.setItem(KEY, rune)),
  forget: (): void => attempt(() => sessionStorage.removeItem(KEY)),
};

/** A browser may forbid pages to remember anything. */
function attempt<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
