"""A real HTTP server that speaks OpenAI's ``POST /v1/audio/transcriptions``, as well or as badly as a test wants."""

import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.fakes.http_server import serving

PATH = "/v1/audio/transcriptions"


@dataclass(frozen=True, slots=True)
class Upload:
    """What one request carried: form fields, the file as it was decoded, the Authorization header."""

    fields: dict[str, list[str]]
    rate: int
    channels: int
    audio_s: float
    authorization: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says. ``drip_s`` sends a byte each so often and never ends; ``hang`` says nothing."""

    body: object = field(default_factory=lambda: {"text": "hello"})
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    drip_s: float = 0.0
    hang: bool = False


class TranscriptionServer:
    """Answers each upload by ``reply``; keeps what it was sent in ``uploads``."""

    def __init__(self) -> None:
        self.uploads: list[Upload] = []
        self.reply: Callable[[Upload], Answer] = lambda _upload: Answer()
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path != PATH:
                    self._say(Answer({"error": "no such path"}, 404))
                    return
                upload = _read(self.headers["Content-Type"], body, self.headers.get("Authorization", ""))
                server.uploads.append(upload)
                self._say(server.reply(upload))

            def _say(self, answer: Answer) -> None:
                if answer.hang:
                    server.released.wait(30)
                    self.close_connection = True
                    return
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                for name, value in answer.headers:
                    self.send_header(name, value)
                if answer.drip_s:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    while not server.released.wait(answer.drip_s):
                        self.wfile.write(b"1\r\n \r\n")
                    self.close_connection = True
                    return
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:  # the client went away, which is what some tests are about
                    pass

            def log_message(self, *_args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        """Base address as a client is given it."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @contextmanager
    def running(self) -> Iterator["TranscriptionServer"]:
        """Serve until the end of the block."""
        with serving(self._http):
            try:
                yield self
            finally:
                self.released.set()


def _read(content_type: str, body: bytes, authorization: str) -> Upload:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, list[str]] = {}
    sound = b""
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if name == "file":
            sound = part.get_payload(decode=True)
        else:
            fields.setdefault(str(name), []).append(part.get_payload(decode=True).decode())
    with wave.open(io.BytesIO(sound)) as file:
        rate, channels, frames = file.getframerate(), file.getnchannels(), file.getnframes()
    return Upload(fields, rate, channels, frames / rate, authorization)
