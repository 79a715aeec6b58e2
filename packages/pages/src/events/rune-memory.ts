const KEY = 'clnrest-rune';

/** The rune that this tab remembers until it is closed, if the user ticked the box. */
export const runeMemory = {
  read: (): string | undefined => attempt(() => sessionStorage.getItem(KEY)) ?? undefined,
  write: (rune: string): void => attempt(() => sessionStorage.setItem(KEY, rune)),
  clear: (): void => attempt(() => sessionStorage.removeItem(KEY)),
};

/** Ignores errors, since a browser can deny access to storage. */
function attempt<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
