/**
 * Appends a whole number, 0 or more, as unsigned LEB128: seven bits a byte, least significant first, the top
 * bit set on all but the last. Takes numbers beyond 32 bits.
 */
export function appendLeb128(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
