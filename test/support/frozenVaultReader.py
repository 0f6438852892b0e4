"""Reads the frozen vault of version 2 by docs/vault-format.md alone: every signature, every record, every snapshot's author.

Needs the package `cryptography`; run by hand: python3 test/support/frozenVaultReader.py
It ends with 1 where anything is not as it is described.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

sys.dont_write_bytecode = True
from segmentVector import hchacha20

root = Path(__file__).resolve().parent.parent / "fixtures" / "vault-format-2"
raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt or None, info).derive(secret)


def unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def bech32_bytes(text: str) -> bytes:
    """The data of a bech32 text, its checksum left to who wrote it."""
    digits = [alphabet.index(letter) for letter in text.lower().rsplit("1", 1)[1][:-6]]
    bits = "".join(f"{digit:05b}" for digit in digits)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))


def is_signed(key: str, thing: str, message: bytes, signature: bytes) -> None:
    """Raises where the holder of the key did not sign it."""
    signed = b"millrace " + thing.encode() + b"\n" + message
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, signed)


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def open_extended(key: bytes, nonce: bytes, data: bytes, sealed: bytes) -> bytes:
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).decrypt(bytes(4) + nonce[16:], sealed, data)


def key_in(file: Path, magic: bytes) -> bytes:
    content = file.read_bytes()
    assert content[:6] == magic and len(content) == 54
    assert hashlib.sha256(content[:38]).digest()[:16] == content[38:]
    return content[6:38]


def author_of(identity: bytes) -> str:
    seed = hkdf(identity, b"", b"millrace author 1")
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*raw).hex()


def read_vault_file() -> tuple[dict, dict[str, bytes]]:
    """What vault.json says, and the identities in it by their recipients."""
    vault = json.loads((root / "vault/vault.json").read_text())
    checksum = vault.pop("checksum")
    assert hashlib.sha256(compact(vault)).hexdigest() == checksum
    signature = base64.b64decode(vault.pop("signature"))
    current = [entry for entry in vault["identities"] if entry["state"] == "current"]
    assert len(current) == 1 and current[0]["recipient"] == vault["recipient"]
    is_signed(current[0]["author"], "vault 2", compact(vault), signature)

    entries = {entry["recipient"]: entry for entry in vault["identities"]}
    for entry in vault["identities"]:
        if "vouched" in entry:
            by = entries[entry["vouched"]["by"]]
            said = "\n".join([vault["vault"], entry["recipient"], entry["author"]]).encode()
            is_signed(by["author"], "identity 1", said, base64.b64decode(entry["vouched"]["signature"]))

    protector = next(entry for entry in vault["protectors"] if entry["kind"] == "keyFile")
    key = key_in(root / "keys" / f"{vault['vault']}.key", b"MRKEY1")
    identities = {}
    for entry in vault["identities"]:
        box = next(w["box"] for w in entry["wrapped"] if w["protector"] == protector["id"])
        lines = ["millrace-vault", "1", vault["vault"], entry["recipient"], protector["id"], "keyFile"]
        sealed = base64.b64decode(box)
        identity = open_extended(key, sealed[:24], "\n".join(lines).encode(), sealed[24:])
        public = X25519PrivateKey.from_private_bytes(identity).public_key().public_bytes(*raw)
        assert public == bech32_bytes(entry["recipient"])
        assert author_of(identity) == entry["author"]
        identities[entry["recipient"]] = identity
    return vault, identities


def open_age(content: bytes, identities: dict[str, bytes]) -> tuple[bytes, bytes, str, str]:
    """The plaintext of an age file, its file key, its header, and for whom it is."""
    end = content.index(b"\n", content.index(b"\n--- ") + 1) + 1
    header = content[:end].decode()
    share_text, body_text = re.search(r"-> X25519 (\S+)\n(\S+)\n", header).groups()
    share, body = unpadded(share_text), unpadded(body_text)
    for recipient, identity in identities.items():
        shared = X25519PrivateKey.from_private_bytes(identity).exchange(X25519PublicKey.from_public_bytes(share))
        key = hkdf(shared, share + bech32_bytes(recipient), b"age-encryption.org/v1/X25519")
        try:
            file_key = ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
            break
        except Exception:
            continue
    else:
        raise ValueError("for none of the identities")
    head, mac = header.rstrip("\n").rsplit(" ", 1)
    assert hmac.digest(hkdf(file_key, b"", b"header"), head.encode(), "sha256") == unpadded(mac)
    payload = hkdf(file_key, content[end : end + 16], b"payload")
    chunks = [content[at : at + 65552] for at in range(end + 16, len(content), 65552)]
    plain = b"".join(
        ChaCha20Poly1305(payload).decrypt(struct.pack(">3xQB", n, n == len(chunks) - 1), chunk, None)
        for n, chunk in enumerate(chunks)
    )
    return plain, file_key, header, recipient


def read_segment(content: bytes, vault: dict, identities: dict[str, bytes]) -> list[bytes]:
    """The plaintexts of a segment whose device the vault knows."""
    copy = content[:393]
    assert content[393:786] == copy and copy[:7] == b"MRSEG1\x02"
    header_hash = hashlib.sha256(copy[:361]).digest()
    assert copy[361:] == header_hash
    device = copy[265:297].hex()
    assert device in [entry["key"] for entry in vault["devices"]]
    is_signed(device, "segment 2", bytes.fromhex(vault["vault"]) + copy[:297], copy[297:361])
    key, _, _, recipient = open_age(copy[33:265], identities)
    is_accepted = header_hash.hex() in vault["accepted"]["segments"]
    assert is_accepted == (recipient != vault["recipient"])
    plains, at, tag = [], 786, bytes(16)
    while at + 4 <= len(content):
        length = struct.unpack("<I", content[at : at + 4])[0]
        if at + 4 + length + 16 > len(content):
            break  # What a window that was killed left.
        nonce = bytes(16) + struct.pack("<Q", len(plains))
        sealed = content[at + 4 : at + 20 + length]
        plains.append(open_extended(key, nonce, header_hash + content[at : at + 4] + tag, sealed))
        tag = sealed[-16:]
        at += 20 + length
    return plains


def main() -> None:
    vault, identities = read_vault_file()
    seed = key_in(root / "keys" / f"{vault['vault']}.device", b"MRDEV1")
    own = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*raw).hex()
    assert [entry["key"] for entry in vault["devices"]] == [own]

    pin = json.loads(next((root / "keys").glob("*.pin")).read_text())
    assert pin["generation"] == vault["generation"] and pin["recipient"] == vault["recipient"]
    assert pin["author"] == vault["identities"][0]["author"]

    found = []
    for file in sorted((root / "vault/segments").glob("*.seg")):
        found += read_segment(file.read_bytes(), vault, identities)
    expected = json.loads((root / "expected.json").read_text())["encoded"]
    missing = set(expected) - {plain.hex() for plain in found}
    assert not missing, missing

    for file in sorted((root / "vault/snapshots").glob("*.age")):
        content = file.read_bytes()
        plain, file_key, header, recipient = open_age(content, identities)
        assert plain[:16] == b"SQLite format 3\x00"
        key, one, two = re.search(r"^-> millrace-author (\S{43})\n(\S{64})\n(\S{22})\n", header, re.M).groups()
        assert unpadded(key).hex() == author_of(identities[recipient])
        message = b"snapshot\n" + hashlib.sha256(file_key).digest()
        is_signed(unpadded(key).hex(), "file 1", message, unpadded(one + two))
        is_accepted = hashlib.sha256(content).hexdigest() in vault["accepted"]["files"]
        assert is_accepted == (recipient != vault["recipient"])
    print(f"all is as described: {len(found)} records, {len(identities)} identities")


if __name__ == "__main__":
    main()
