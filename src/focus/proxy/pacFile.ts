/**
 * The proxy auto-configuration (PAC) file: sends the configured names, and what lies below them, to the loopback
 * proxy, and everything else straight out. It is static and says nothing about whether something is blocked now;
 * the proxy decides that live. A proxy that is gone fails open, by `; DIRECT`.
 * @param names as `parseSiteName` gives them: nothing that would need quoting
 */
export function pacFile(names: readonly string[], port: number): string {
  const list = names.map((name) => `    ${JSON.stringify(name)}: true`).join(',\n');
  return `// Made by Millrace. Sends only the names below to Millrace on this computer.
function FindProxyForURL(url, host) {
  var names = {
${list}
  };
  var rest = host.toLowerCase().replace(/\\.$/, '');
  for (;;) {
    if (Object.prototype.hasOwnProperty.call(names, rest)) {
      return 'PROXY 127.0.0.1:${port}; DIRECT';
    }
    var dot = rest.indexOf('.');
    if (dot === -1) {
      return 'DIRECT';
    }
    rest = rest.slice(dot + 1);
  }
}
`;
}
