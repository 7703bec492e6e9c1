"""``python -m tests.live.wsgi PORT``: the example under WSGI, a thread for each request, nothing else."""

from __future__ import annotations

import sys

from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application

if __name__ == "__main__":
    run("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), threading=True)
