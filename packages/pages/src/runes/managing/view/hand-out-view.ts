import { memoizeLast } from '../../memoize-last.ts';
import { type ShareModel, shareModel } from '../../sharing/share.ts';
import { copyButton } from '../../view/copy-button.ts';
import { notesIn } from '../../view/notes.ts';
import { qrParts } from '../../view/share-view.ts';
import type { Concern } from '../../explaining/concerns.ts';
import { part, setProblem, setText } from '../../../dom.ts';
import type { NodeRune } from '../node-rune.ts';
import { isExpired } from '../rune-query.ts';
import { titleOf } from './rune-title.ts';

/** The dialog with a rune's link and QR code. */
export class HandOutView {
  readonly #dialog = part('hand-out', HTMLDialogElement);
  readonly #address = part('hand-out-address', HTMLInputElement);
  readonly #page: string;
  readonly #notes = notesIn(part('hand-out-notes', HTMLElement));
  readonly #makeModel = memoizeLast(shareModel);
  #rune = '';

  /** @param page the URL of the page's server */
  constructor(page: string) {
    this.#page = page;
    for (const id of ['hand-out-link', 'hand-out-rune']) copyButton(id, 'hand-out-copied');
    this.#address.addEventListener('input', () => this.#show());
    part('hand-out-close', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#clear());
  }

  open(rune: NodeRune, concerns: readonly Concern[], now: bigint): void {
    this.#rune = rune.text;
    setText(part('hand-out-title', HTMLElement), `Hand out ${titleOf(rune)}`);
    if (this.#address.value.trim() === '') this.#address.value = this.#page;
    this.#notes.show([
      ...notesOn(rune, now),
      ...concerns.filter(({ severity }) => severity === 'danger'),
    ]);
    this.#show();
    this.#dialog.showModal();
  }

  close(): void {
    if (this.#dialog.open) this.#dialog.close();
  }

  #show(): void {
    const address = this.#address.value.trim() === '' ? this.#page : this.#address.value;
    const model = this.#makeModel(this.#rune, { address, isHere: false }, '', undefined, true);
    this.#write(model);
  }

  #write({ rune, link, linkProblem, addressProblem, qr }: ShareModel): void {
    setText(part('hand-out-rune', HTMLElement), rune);
    setText(part('hand-out-link', HTMLElement), link ?? '');
    part('hand-out-link-part', HTMLElement).hidden = link === undefined;
    setText(part('hand-out-link-problem', HTMLElement), linkProblem ?? '');
    setProblem(this.#address, part('hand-out-address-problem', HTMLElement), addressProblem);
    part('hand-out-qr', HTMLElement).replaceChildren(...qrParts(qr));
  }

  /** Removes the rune from the page. */
  #clear(): void {
    this.#rune = '';
    for (const id of ['hand-out-rune', 'hand-out-link', 'hand-out-title'])
      setText(part(id, HTMLElement), '');
    part('hand-out-qr', HTMLElement).replaceChildren();
    this.#notes.show([]);
  }
}

function notesOn(rune: NodeRune, now: bigint): Concern[] {
  const mistake = (message: string): Concern => ({ severity: 'mistake', message });
  return [
    ...(isExpired(rune, now) ? [mistake('this rune has expired: the node refuses it')] : []),
    ...(rune.text.length > 15 * 1024
      ? [mistake('this rune is too long for REST: the headers of a request are limited to 16 KiB')]
      : []),
  ];
}
