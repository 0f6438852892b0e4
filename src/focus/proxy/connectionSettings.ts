/** What `DefaultConnectionSettings` says, as far as it concerns us. */
interface ConnectionSettings {
  /** A manual proxy is switched on, and named. */
  readonly isManual: boolean;
  /** The address of a PAC file that is switched on; '' for none. */
  readonly address: string;
}

const manualFlag = 2;
const addressFlag = 4;

/**
 * Reads `DefaultConnectionSettings` of Windows as `reg` prints it, in hexadecimal digits: version, counter and flags of
 * four bytes each, then three texts (manual proxy, exceptions, address of a PAC file), each after its length. What is
 * shorter, or something else, says nothing.
 */
export function parseConnectionSettings(hex: string): ConnectionSettings {
  const bytes = Buffer.from(hex, 'hex');
  const flags = bytes.length >= 12 ? bytes.readUInt32LE(8) : 0;
  const texts: string[] = [];
  let at = 12;
  while (texts.length < 3 && at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) {
      break;
    }
    texts.push(bytes.toString('latin1', at + 4, end));
    at = end;
  }
  const [server = '', , address = ''] = texts;
  return {
    isManual: (flags & manualFlag) !== 0 && server !== '',
    address: (flags & addressFlag) !== 0 ? address : '',
  };
}
