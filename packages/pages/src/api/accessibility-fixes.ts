/** Fixes for Swagger UI 5.35: missing accessible names and keyboard access. */
const FIXES: readonly { readonly where: string; readonly how: (element: Element) => void }[] = [
  // The page has two main landmarks.
  { where: 'main', how: (element) => name(element, 'Commands') },
  // The label contains only the select itself.
  { where: '#servers', how: (element) => name(element, 'Server') },
  // Swagger UI shows the schema's title, if there is a title.
  { where: '.json-schema-2020-12-accordion', how: nameUnlessShown },
  { where: '.close-modal', how: (element) => name(element, 'Close') },
  { where: '.examples-select-element', how: (element) => name(element, 'Examples') },
  { where: '.body-param__text', how: (element) => name(element, 'Request body') },
  { where: '[data-param-name] :is(input, select, textarea)', how: nameOfParameter },
  // A link inside a button is invalid. The button has the same target.
  { where: 'button a[href]', how: (element) => element.removeAttribute('href') },
  // The accessible name must contain the visible text, for speech input.
  { where: '.modal-btn[aria-label]', how: nameAsShown },
  // Scrollable code must be focusable for keyboard users.
  { where: 'pre.microlight, .highlight-code > *, .curl', how: (element) => focusable(element) },
];

/** Applies the fixes below an element whenever its content changes. */
export function keepAccessible(root: Element): void {
  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      applyFixes(root);
    });
  }).observe(root, { childList: true, subtree: true });
}

/** Applies all fixes. Idempotent. */
function applyFixes(root: Element): void {
  for (const { where, how } of FIXES) for (const found of root.querySelectorAll(where)) how(found);
}

function name(element: Element, words: string): void {
  if (!element.hasAttribute('aria-label')) element.setAttribute('aria-label', words);
}

function nameOfParameter(element: Element): void {
  name(element, element.closest('[data-param-name]')?.getAttribute('data-param-name') ?? '');
}

function nameUnlessShown(element: Element): void {
  if (element.textContent.trim() === '') name(element, 'Schema');
}

function nameAsShown(element: Element): void {
  const shown = element.textContent.trim();
  const said = element.getAttribute('aria-label') ?? '';
  if (!said.includes(shown)) element.setAttribute('aria-label', `${shown}: ${said}`);
}

function focusable(element: Element): void {
  if (!element.hasAttribute('tabindex')) element.setAttribute('tabindex', '0');
}
