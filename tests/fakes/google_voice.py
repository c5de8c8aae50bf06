"""Google's voice as gTTS meets it: an HTTPS proxy that answers for translate.google.com itself.

gTTS takes the proxy from the environment and does not verify certificates, so that the real client talks to this
server: CONNECT, TLS, request, and the reply with the sound inside.
"""

import base64
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOUND = b"\xff\xf3" + bytes(200)
"""What it says for each piece of text: the beginning of an MP3 frame."""


class GoogleVoice:
    """Answers one request after another.

    Attributes:
        pieces: How many it answers before it falls silent with the line open.
        status: HTTP status of its answers.
        requests: Bodies it received.
    """

    def __init__(self, certificate: Path) -> None:
        self.pieces = 1_000
        self.status = 200
        self.requests: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._closing.set()
        for one in [self._socket, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._socket.accept()
                self._open.append(line)
                self._threads.append(threading.Thread(target=self._serve, args=(line,), daemon=True))
                self._threads[-1].start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            _read_head(line)
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            # The handshake by itself: one that fails would leave a socket nobody can close.
            with self._context.wrap_socket(line, server_side=True, do_handshake_on_connect=False) as secure:
                self._open.append(secure)
                secure.do_handshake()
                self._answer(secure)

    def _answer(self, secure: socket.socket) -> None:
        head, rest = _read_head(secure)
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        while len(rest) < length:
            rest += secure.recv(65_536)
        self.requests.append(rest)
        if len(self.requests) > self.pieces:
            self._closing.wait()  # silent, with the line open
            return
        body = b'["wrb.fr","jQ1olc","[\\"' + base64.b64encode(SOUND) + b'\\"]",null]\n'
        secure.sendall(
            b"HTTP/1.1 %d x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (self.status, len(body)) + body
        )


def _read_head(line: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65_536)
        if not more:
            raise OSError("hung up")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


@contextmanager
def google_voice(folder: Path) -> Iterator[GoogleVoice]:
    """A running one; its certificate is made in the folder."""
    certificate = folder / "google.pem"
    subject = ["-days", "2", "-subj", "/CN=translate.google.com"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    certificate.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    server = GoogleVoice(certificate)
    try:
        yield server
    finally:
        server.close()
