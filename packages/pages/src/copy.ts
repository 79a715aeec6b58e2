/**
 * Puts text on the clipboard. Where the page may not (over plain http, from elsewhere), what shows it is
 * selected for whoever copies by hand.
 *
 * @returns whether it is on the clipboard
 */
export async function copy(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not allowed, or not there at all: `clipboard` is missing where the page is not secure.
    getSelection()?.selectAllChildren(shown);
    shown.focus();
    return false;
  }
}
