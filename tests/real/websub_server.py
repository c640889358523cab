"""Serves a WebSub hub on a free port of 127.0.0.1, for the tests. Run by .real/websub's Python.

The hub is Flask-WebSub's; its tasks are done at once, in the thread of the request, so that nothing is
under way any more when it answers. Prints one line of JSON when it answers. It ends on SIGTERM, or
when stdin closes, so that it cannot outlive the test run that started it.
"""

import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

import requests
from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import make_server

# It sends a feed's header fields on with the feed, the one for compression on what is none any more.
requests.utils.DEFAULT_ACCEPT_ENCODING = "identity"


def application(folder: Path) -> Flask:
    """Build the hub; ``PUBLISH_SUPPORTED`` lets others than the hub's own program publish."""
    celery = Celery("hub", broker="memory://")
    celery.conf.update(task_always_eager=True, task_eager_propagates=True)
    hub = Hub(SQLite3HubStorage(str(folder / "hub.db")), celery, MAX_ATTEMPTS=1, BACKOFF_BASE=0)
    app = Flask(__name__)
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint("/hub"))
    return app


def stop_with_stdin() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """A thread a request: a subscriber is asked while it waits for the hub's answer."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="syndicate-websub-") as name:
        server = make_server("127.0.0.1", 0, application(Path(name)), threaded=True)
        threading.Thread(target=stop_with_stdin, daemon=True).start()
        line = {"url": f"http://127.0.0.1:{server.server_port}/hub"}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
