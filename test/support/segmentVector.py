"""Two records of a segment, written from docs/vault-format.md alone, for frozenVault.test.ts.

Needs the package `cryptography`; run by hand: python3 test/support/segmentVector.py
"""

import hashlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305


def rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & 0xFFFFFFFF


def quarter(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for left, right, bits in ((a, d, 16), (c, b, 12), (a, d, 8), (c, b, 7)):
        other = b if left == a else d
        state[left] = (state[left] + state[other]) & 0xFFFFFFFF
        state[right] = rotate(state[right] ^ state[left], bits)


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    """draft-irtf-cfrg-xchacha-03, section 2.2."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    for _ in range(10):
        for columns in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(state, *columns)
        for diagonal in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(state, *diagonal)
    return struct.pack("<8I", *state[:4], *state[12:])


def seal(key: bytes, number: int, data: bytes, plain: bytes) -> bytes:
    nonce = bytes(16) + struct.pack("<Q", number)
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).encrypt(bytes(4) + nonce[16:], plain, data)


def number48(value: int) -> bytes:
    return struct.pack("<Q", value)[:6]


def main() -> None:
    key = bytes(range(32))
    header = (
        b"MRSEG1\x01"
        + bytes.fromhex("0123456789abcdef" * 2)
        + struct.pack("<I", 3)
        + number48(1_790_000_000_000)
        + b"\xaa" * 232
    )
    header_hash = hashlib.sha256(header).digest()
    session = bytes.fromhex("00112233445566778899aabbccddeeff")
    records = [
        # Session, schema 1: from, to, zone offset -210 minutes, recorded.
        b"\x01\x01"
        + session
        + number48(29_000_000 * 60_000)
        + number48(29_000_004 * 60_000)
        + struct.pack("<hB", -210, 0),
        # Minute, schema 1: steady, confidence 12/15, score 0, 60 seconds, nothing else, no raw features.
        b"\x02\x01"
        + session
        + struct.pack("<IhB", 29_000_000, 60, 0)
        + bytes([2 << 4 | 12, 0, 0, 0, 0, 0, 0, 0, 60, 255, 0, 0, 0, 0]),
    ]
    print("headerHash", header_hash.hex())
    tag = bytes(16)
    for index, (name, plain) in enumerate(zip(("first", "second"), records)):
        length = struct.pack("<I", len(plain))
        sealed = seal(key, index, header_hash + length + tag, plain)
        tag = sealed[-16:]
        print(name, (length + sealed).hex())


if __name__ == "__main__":
    main()
