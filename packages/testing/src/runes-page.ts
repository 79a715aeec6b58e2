import type { Locator, Page } from 'playwright-core';

/** Finds a section of the page by its heading. */
export function card(page: Page, heading: string): Locator {
  return page.getByRole('region', { name: heading });
}

/** Returns the restricted rune that the page shows. */
export async function restrictedRune(page: Page): Promise<string> {
  return (
    (await page.getByRole('group', { name: 'Rune with all restrictions' }).textContent()) ?? ''
  );
}

/** Returns the visible text with white space collapsed. */
export async function readText(locator: Locator): Promise<string> {
  return (await locator.innerText()).replace(/\s+/g, ' ').trim();
}
