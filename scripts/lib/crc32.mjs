const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value >>> 0;
});

/** CRC-32 as ZIP has it (ISO 3309). Node has one of its own only from 20.15 and 22.2 on. */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value = (value >>> 8) ^ table[(value ^ byte) & 0xff];
  }
  return (value ^ 0xffffffff) >>> 0;
}
