import { encodePairingLink, RuneSyntaxError } from '@clnrest/runes';
import { isUnspecified, readAddress } from './address.ts';
import { curlLines } from './curl.ts';
import { type QrCode, qrOf } from './qr.ts';

/** The rune and the texts to share it with. */
export interface ShareModel {
  readonly rune: string;
  /** A problem of sharing this rune. */
  readonly warning: string | undefined;
  /** The node's address as entered. */
  readonly address: string;
  readonly addressProblem: string | undefined;
  readonly isHttps: boolean;
  readonly isHere: boolean;
  readonly curl: string | undefined;
  readonly link: string | undefined;
  /** The reason for a missing link. */
  readonly linkProblem: string | undefined;
  /** The link as a QR code, if the user opened it. */
  readonly qr: QrCode | 'too long' | undefined;
}

/** Leaves room for other headers: the gateway accepts 16 KiB in total. */
const MAX_HEADER_CHARACTERS = 15 * 1024;

/** The address of a node, from the page, a pairing link or the user. */
export interface NodeAddress {
  readonly address: string;
  /** The certificate authority as PEM text, if known. */
  readonly ca?: string | undefined;
  /** Whether the page itself is from this node. Only then can the events page of this node use the rune. */
  readonly isHere: boolean;
}

/**
 * @param method the checked command; defaults to getinfo
 * @param params the command's parameters, JSON
 * @param showsQr whether to create the QR code
 */
export function shareModel(
  rune: string,
  { address, ca, isHere }: NodeAddress,
  method: string,
  params: string | undefined,
  showsQr: boolean,
): ShareModel {
  const warning =
    rune.length > MAX_HEADER_CHARACTERS
      ? `This rune is too long for REST: it has ${rune.length} characters, and the headers of a request are limited to 16 KiB.`
      : undefined;
  const common = { rune, warning, address, isHere };
  const url = readAddress(address);
  if (url === undefined || isUnspecified(url)) {
    const addressProblem =
      url === undefined
        ? 'Invalid address. Example: https://node.local:3010.'
        : `Programs cannot connect to ${url.hostname}. Enter an address of the node, such as https://node.local:3010.`;
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
): Pick<ShareModel, 'link' | 'linkProblem' | 'qr'> {
  try {
    const link = encodePairingLink(parts);
    return { link, linkProblem: undefined, qr: showsQr ? (qrOf(link) ?? 'too long') : undefined };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    return {
      link: undefined,
      linkProblem: `Cannot create a pairing link: ${error.message}.`,
      qr: undefined,
    };
  }
}
