/** Whose label a scanned text is, by the address in its QR. */

const ADDRESS = /^(https?):\/\/([^/?#@\s]+)\/[Ll]\/[^/?#]+\/?(?:[?#].*)?$/isu;

/**
 * @param {string} text what the scanner read
 * @param {readonly string[]} ownHosts hosts (with port) that are this instance
 * @returns {{ host: string, secure: boolean } | null} null: no address in it, or our own
 */
export function strangeHost(text, ownHosts) {
  const match = ADDRESS.exec(text.trim());
  if (!match?.[1] || !match[2]) return null;
  const host = match[2].toLowerCase();
  // Letters that only look like others have no place in an address that we offer to open.
  if (!/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/u.test(host)) return null;
  return ownHosts.includes(host) ? null : { host, secure: match[1].toLowerCase() === 'https' };
}
