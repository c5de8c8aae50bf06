"""A real HTTP server that speaks as much of the Hugging Face hub as fetching one model takes."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.fakes.http_server import serving

REVISION = "0123456789abcdef0123456789abcdef01234567"


class ModelHub:
    """Serves the files of one folder as one repository; notes each path it was asked for."""

    def __init__(self, repository: str, folder: Path) -> None:
        self.asked: list[str] = []
        files = {path.name: path for path in folder.iterdir() if path.is_file()}
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def _answer(self) -> None:
                asked.append(self.path)
                path = self.path.partition("?")[0]
                name = path.removeprefix(f"/{repository}/resolve/{REVISION}/")
                if path == f"/api/models/{repository}/revision/main":
                    siblings = [{"rfilename": name} for name in files]
                    self._send(json.dumps({"id": repository, "sha": REVISION, "siblings": siblings}).encode())
                elif name in files:
                    self._send(files[name].read_bytes())
                else:
                    self._send(b"{}", 404)

            def _send(self, body: bytes, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
                self.send_header("X-Repo-Commit", REVISION)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        """What ``HF_ENDPOINT`` would be set to."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["ModelHub"]:
        """Serve until the end of the block."""
        with serving(self._http):
            yield self
