"""A small bank on the event store, with the admin and the API."""
