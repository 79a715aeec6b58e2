/** Returns an element that the page's markup contains. */
export function part<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** Attributes of an element. `true` is an attribute without a value. */
type Attributes = Readonly<Record<string, string | true | undefined>>;

/** Creates an element. Strings in its content become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...content);
  return made;
}

/** Sets the text of an element, unless it is unchanged. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows the problem of an input and marks the input as invalid, also for screen readers. */
export function setProblem(
  input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  place: HTMLElement,
  problem: string | undefined,
): void {
  setText(place, problem ?? '');
  place.hidden = problem === undefined;
  if (problem === undefined) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}

/** Sets the value of an input, unless it is unchanged, so that the cursor does not move while the user types. */
export function setValue(input: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  if (input.value !== value) input.value = value;
}
