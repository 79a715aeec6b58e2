/**
 * Where a node's REST is, as people write it: with or without a protocol or a slash at the end. Nothing where no
 * request could be sent there.
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
  // Browsers differ in what they take for a host.
  const isHost = /^[a-z0-9.:[\]_-]+$/i.test(url.hostname);
  const isBare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isHttp && isHost && isBare ? url : undefined;
}

/** Of the server that a page at `/runes` came from, whatever stands before that: `https://127.0.0.1:3010`. */
export function addressOfPage(page: string): string {
  return new URL('.', page).href.replace(/\/$/, '').replace(/[?#].*$/s, '');
}
