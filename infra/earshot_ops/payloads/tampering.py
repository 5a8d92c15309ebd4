"""One bit changed in what was signed: each of these has to be refused."""

from collections.abc import Iterator

from earshot_ops.payloads.signing import Signed


def tampered(delivery: Signed, *, with_body: bool) -> Iterator[tuple[str, Signed]]:
    """What was changed, and the delivery with one bit of that changed. A body that the scheme does
    not cover is left out."""
    for name, proof in delivery.proofs.items():
        changed = flipped(proof)
        headers = {key: value.replace(proof, changed) for key, value in delivery.headers.items()}
        body = delivery.body.replace(proof.encode(), changed.encode())
        kept = delivery.body if headers != delivery.headers else body
        yield name, Signed(headers, kept, delivery.proofs)
    if with_body:
        for body in flipped_bytes(delivery.body):
            yield "body", Signed(delivery.headers, body, delivery.proofs)


def flipped(proof: str) -> str:
    """With one bit of one letter or digit changed: the last of a time, that it stays near, else
    one in the middle, as the last letter of base64 has bits that mean nothing."""
    middle = len(proof) // 2
    places = [*range(middle, len(proof)), *range(middle)]
    at = len(proof) - 1 if proof.isdigit() else next(i for i in places if _turned(proof[i]))
    return proof[:at] + _turned(proof[at]) + proof[at + 1 :]


def flipped_bytes(body: bytes) -> Iterator[bytes]:
    """With one bit changed at the start, in the middle or at the end."""
    for at in sorted({0, len(body) // 2, max(len(body) - 1, 0)}):
        yield body[:at] + bytes([(*body[at : at + 1], 0)[0] ^ 1]) + body[at + 1 :]


def _turned(letter: str) -> str:
    other = chr(ord(letter) ^ 1)
    return other if letter.isalnum() and other.isalnum() else ""
