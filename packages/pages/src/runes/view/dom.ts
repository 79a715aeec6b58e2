/** An element of the page that its markup promises. */
export function part<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** What an element is made of beside what is in it. `true` stands for an attribute without a value. */
type Attributes = Readonly<Record<string, string | true | undefined>>;

/** A new element. Whatever is put into it as a string is text, never markup. */
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

/** Writes text into an element, and touches nothing where it stands there already. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Tells what is wrong with an input, beside it and to those who hear the page; nothing where nothing is. */
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

/** Brings an input to a value without moving the cursor of whoever types there. */
export function setValue(input: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  if (input.value !== value) input.value = value;
}
