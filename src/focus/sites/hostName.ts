/**
 * The one form in which host names are compared, by every way of blocking and every list: ASCII, lower case, percent
 * signs decoded, without the dot at the end, numeric addresses as the URL standard writes them.
 * Knows nothing of Node, so that the companion compares names in the same way.
 */

/**
 * Brings a host as it stands in an address, a request or a setting to that form; `undefined` for what is no host.
 * @param host without user and port; an IPv6 address with brackets or without
 */
export function hostName(host: string): string | undefined {
  const isBareIpv6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host);
  const written = isBareIpv6 ? `[${host}]` : host;
  // What would end the host, or be left out without a word.
  if (/[\s/?#@\\]/.test(written) || (!written.startsWith('[') && written.includes(':'))) {
    return undefined;
  }
  const address = `http://${written}/`;
  const name = URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
  return name === '' ? undefined : name;
}

/** The host of an address or of what stands for one (`user@host:22`, `//host/path`), as it is written there. */
export function hostPart(address: string): string {
  const withoutScheme = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^\/\//, '');
  const authority = withoutScheme.split(/[/?#]/, 1)[0] ?? '';
  const withoutUser = authority.slice(authority.lastIndexOf('@') + 1);
  return withoutUser.startsWith('[')
    ? withoutUser.replace(/\]:\d*$/, ']')
    : withoutUser.replace(/:\d*$/, '');
}

/** Whether a host, in that form, is a site or lies below it. */
export function isWithinSite(host: string, name: string): boolean {
  return host === name || host.endsWith(`.${name}`);
}
