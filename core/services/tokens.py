"""Secrets handed to people: made here, stored only as hashes."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """A bearer token, 256 bits of randomness, safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 of a token, hex. A fast hash is right: the token itself cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str, salt: str = "") -> str:
    """Scrypt of a password, as ``salt$hash``."""
    salt = salt or secrets.token_hex(16)
    digest = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1)
    return f"{salt}${digest.hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Whether ``password`` made ``stored``; takes the same time either way."""
    salt, _, _ = stored.partition("$")
    return hmac.compare_digest(hash_password(password, salt), stored)
