"""Following the log over HTTP: Server-Sent Events, and pages that wait until there is something in them."""
