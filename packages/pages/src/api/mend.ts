/** What Swagger UI 5.35 leaves out for those who hear the page or have no mouse, and how it is added. */
const MENDS: readonly { readonly where: string; readonly how: (element: Element) => void }[] = [
  // A second one of its kind on the page.
  { where: 'main', how: (element) => name(element, 'Commands') },
  // Its label is the select itself.
  { where: '#servers', how: (element) => name(element, 'Server') },
  // Named by the schema's title, if it has one.
  { where: '.json-schema-2020-12-accordion', how: nameUnlessShown },
  { where: '.close-modal', how: (element) => name(element, 'Close') },
  { where: '.examples-select-element', how: (element) => name(element, 'Examples') },
  { where: '.body-param__text', how: (element) => name(element, 'Request body') },
  { where: '[data-param-name] :is(input, select, textarea)', how: nameOfParameter },
  // A link inside a button: nobody knows which of them is meant. The button leads to the same place.
  { where: 'button a[href]', how: (element) => element.removeAttribute('href') },
  // What is said must hold what is shown, for those who speak to the page.
  { where: '.modal-btn[aria-label]', how: nameAsShown },
  // Long code scrolls; without a mouse only what has the focus does.
  { where: 'pre.microlight, .highlight-code > *, .curl', how: (element) => focusable(element) },
];

/** Adds what is missing below an element, now and whenever something changes there. */
export function keepMended(root: Element): void {
  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      mend(root);
    });
  }).observe(root, { childList: true, subtree: true });
}

/** Doing it again changes nothing. */
function mend(root: Element): void {
  for (const { where, how } of MENDS) for (const found of root.querySelectorAll(where)) how(found);
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
