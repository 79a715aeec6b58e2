import { encodePairingLink, RuneSyntaxError } from '@clnrest/runes';
import { readAddress } from './address.ts';
import { curlLines } from './curl.ts';
import { type QrCode, qrOf } from './qr.ts';

/** What can be taken away from the page: the rune itself, and what it is used with. */
export interface HandOut {
  readonly rune: string;
  /** What should be known before it is handed to anyone. */
  readonly warning: string | undefined;
  /** The node's, as it stands in its field. */
  readonly address: string;
  readonly addressProblem: string | undefined;
  readonly isHttps: boolean;
  readonly isHere: boolean;
  readonly curl: string | undefined;
  readonly link: string | undefined;
  /** Why there is no link. */
  readonly linkProblem: string | undefined;
  /** The link to be scanned, if that is to be shown. */
  readonly qr: QrCode | 'too long' | undefined;
}

/** With what else there must be, no more fits into the 16 KiB of headers that the gateway takes. */
const MOST_IN_HEADER = 15 * 1024;

/** Where a node is, as the page or a pairing link says. */
export interface Whereabouts {
  readonly address: string;
  /** Whose certificates it shows, PEM text, where that is known. */
  readonly ca?: string | undefined;
  /** Whether the page itself came from there: only then may another page from there have the rune. */
  readonly isHere: boolean;
}

/**
 * @param method the command that was asked about; getinfo if none was
 * @param params its parameters, JSON
 * @param showsQr whether a code is to be made of the link
 */
export function handOutOf(
  rune: string,
  { address, ca, isHere }: Whereabouts,
  method: string,
  params: string | undefined,
  showsQr: boolean,
): HandOut {
  const warning =
    rune.length > MOST_IN_HEADER
      ? `With ${rune.length} characters this rune is too long for REST, where 16 KiB are taken for all headers together.`
      : undefined;
  const common = { rune, warning, address, isHere };
  const url = readAddress(address);
  if (url === undefined) {
    const addressProblem = 'This is no address, such as https://node.local:3010.';
    const nothing = { curl: undefined, link: undefined, linkProblem: undefined, qr: undefined };
    return { ...common, ...nothing, addressProblem, isHttps: false };
  }
  const curl = curlLines({
    address: url,
    rune,
    method: method === '' ? 'getinfo' : method,
    params: method === '' ? undefined : params,
  });
  const isHttps = url.protocol === 'https:';
  return {
    ...common,
    ...linkTo({ url, rune, ca }, showsQr),
    addressProblem: undefined,
    isHttps,
    curl,
  };
}

function linkTo(
  parts: { url: URL; rune: string; ca: string | undefined },
  showsQr: boolean,
): Pick<HandOut, 'link' | 'linkProblem' | 'qr'> {
  try {
    const link = encodePairingLink(parts);
    return { link, linkProblem: undefined, qr: showsQr ? (qrOf(link) ?? 'too long') : undefined };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    return { link: undefined, linkProblem: `There is no link: ${error.message}.`, qr: undefined };
  }
}
