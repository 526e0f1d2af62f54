"""Who the peer is on TLS: an authority and a certificate made at run time, gone with it."""

import os
import ssl


def server_context(folder: str) -> tuple[ssl.SSLContext, str]:
    """Make an authority and the peer's certificate, valid for 127.0.0.1 and localhost.

    Returns what the peer's end of a connection needs, and the path in `folder` of the authority's
    own certificate, which the implementation has to trust. No private key outlives this call on
    disk.
    """
    # Loading the library takes ten times as long as all that it does here: only TLS pays for it.
    import trustme

    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    leaf = authority.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.ECDSA)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # A ticket would lie unread at a client that only sends, and its close would become a reset.
    context.num_tickets = 0
    key_path = os.path.join(folder, "server.pem")
    _write(key_path, leaf.private_key_and_cert_chain_pem.bytes())
    context.load_cert_chain(key_path)
    os.unlink(key_path)
    authority_path = os.path.join(folder, "authority.pem")
    _write(authority_path, authority.cert_pem.bytes())
    return context, authority_path


def _write(path: str, content: bytes) -> None:
    """Make the file `path`, which nobody but its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
