/**
 * Parses the address of a gateway, with or without a protocol, a trailing slash, and the path of a command or page. Returns
 * undefined for an invalid address.
 */
export function readAddress(text: string): URL | undefined {
  const given = text.trim();
  const full = /^[a-z][a-z+.-]*:\/\//i.test(given) ? given : `https://${given}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    return undefined;
  }
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  // Browsers differ in the characters that they accept in a host.
  const isHost = /^[a-z0-9.:[\]_-]+$/i.test(url.hostname);
  const isBare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isHttp || !isHost || !isBare) return undefined;
  url.pathname = url.pathname.replace(OWN_PATH, '');
  return url;
}

/** The end of a path that programs append themselves: `/v1/getinfo`, `/runes`. */
const OWN_PATH = /\/(?:v1(?:\/[\w.-]*)?|runes|events)\/?$/;

/**
 * Whether the host is the unspecified address (RFC 1122, RFC 4291), to which no other machine can connect. URLs have each
 * address in one spelling.
 */
export function isUnspecified({ hostname }: URL): boolean {
  return /^(?:0\.0\.0\.0|\[::(?:ffff:0:0)?\])$/.test(hostname);
}

/** Returns the URL of the server of a page at `/runes`, including a path prefix: `https://127.0.0.1:3010`. */
export function addressOfPage(page: string): string {
  return new URL('.', page).href.replace(/\/$/, '').replace(/[?#].*$/s, '');
}
