"""What a worker runs for one subscription: its declaration with the settings filled in, and its handler."""

from __future__ import annotations

from .. import conf
from ..subscriptions.declarations import Declaration
from ..subscriptions.handlers import BoundHandler


class Subscriber:
    """A declared subscription, ready to handle events in this process."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.handler = BoundHandler(declaration)
        self.name = declaration.name
        self.batch_size = declaration.batch_size or conf.subscription_batch_size()
        self.time_limit = declaration.time_limit or conf.handler_time_limit()
        self.one_by_one = declaration.transaction == "event"
        self.parks = declaration.on_error == "park"
        self.retries = declaration.retries
