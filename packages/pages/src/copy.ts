/**
 * Copies text to the clipboard. If the browser does not allow that, as over plain http from another host, it selects the
 * element that shows the text.
 *
 * @returns whether the text was copied
 */
export async function copy(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Denied, or `navigator.clipboard` is undefined in an insecure context.
    getSelection()?.selectAllChildren(shown);
    shown.focus();
    return false;
  }
}
