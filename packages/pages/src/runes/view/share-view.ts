import { withRune } from '../../fragment.ts';
import type { ShareModel } from '../sharing/share.ts';
import { memoizeLast } from '../memoize-last.ts';
import type { Model, RuneModel } from '../model.ts';
import { changeAddress, showQr } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { copyButton } from './copy-button.ts';
import { element, part, setProblem, setText, setValue } from '../../dom.ts';
import { notesIn } from './notes.ts';
import { qrImage } from './qr-image.ts';

/** The card to share the rune: the rune, a call with curl, a pairing link, and a link to the events page. */
export function shareView(dispatch: Dispatch): (model: Model) => void {
  const warnings = notesIn(part('sharing-warnings', HTMLElement));
  const rune = part('out-rune', HTMLElement);
  const address = part('out-address', HTMLInputElement);
  const addressProblem = part('out-address-problem', HTMLElement);
  const curl = part('out-curl', HTMLElement);
  const curlPart = part('out-curl-part', HTMLElement);
  const curlHint = part('out-curl-hint', HTMLElement);
  const link = part('out-link', HTMLElement);
  const linkPart = part('out-link-part', HTMLElement);
  const linkProblem = part('out-link-problem', HTMLElement);
  const fold = part('out-qr-fold', HTMLDetailsElement);
  const qr = part('out-qr', HTMLElement);
  const events = part('out-events', HTMLAnchorElement);
  const eventsPart = part('out-events-part', HTMLElement);

  for (const id of ['out-rune', 'out-curl', 'out-link']) copyButton(id);
  address.addEventListener('input', () => dispatch(changeAddress(address.value)));
  // Shows the default address again if the field was left empty.
  address.addEventListener('change', () => dispatch((state) => state));
  fold.addEventListener('toggle', () => dispatch(showQr(fold.open)));

  const showWarnings = memoizeLast(
    (concerns: RuneModel['concerns'], warning: string | undefined) => {
      const grave = concerns.filter(({ severity }) => severity !== 'hint');
      const long =
        warning === undefined ? [] : [{ severity: 'mistake', message: warning } as const];
      warnings.show([...grave, ...long]);
    },
  );
  const show = memoizeLast((out: ShareModel | undefined) => {
    setText(rune, out?.rune ?? '');
    setText(curl, out?.curl ?? '');
    curlPart.hidden = out?.curl === undefined;
    curlHint.hidden = out?.curl === undefined || !out.isHttps;
    setText(link, out?.link ?? '');
    linkPart.hidden = out?.link === undefined;
    setText(linkProblem, out?.linkProblem ?? '');
    fold.hidden = out?.link === undefined;
    qr.replaceChildren(...qrParts(out?.qr));
    eventsPart.hidden = out?.isHere !== true;
    if (out?.isHere === true) events.href = withRune('events', out.rune);
    else events.removeAttribute('href');
  });

  return ({ rune: model }) => {
    const out = model?.share;
    show(out);
    showWarnings(model?.concerns ?? [], out?.warning);
    const isEmptied = document.activeElement === address && address.value.trim() === '';
    if (!isEmptied) setValue(address, out?.address ?? '');
    setProblem(address, addressProblem, out?.addressProblem);
  };
}

/** Returns the QR code of a link, or the reason for a missing code. */
export function qrParts(qr: ShareModel['qr']): Node[] {
  if (qr === undefined) return [];
  const hint = (words: string): Node => element('p', { class: 'hint' }, words);
  if (qr === 'too long') return [hint('The link is too long for a QR code.')];
  const image = qrImage(qr, 'The pairing link as a QR code');
  return qr.density === 'plain'
    ? [image]
    : [image, hint('This code is dense: hold the camera close and steady.')];
}
