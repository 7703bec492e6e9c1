"""A Django database backend that brings its own PostgreSQL server.

Use it as ``"ENGINE": "eventstore_django.embedded"``. Importing it starts nothing: the server starts
with the first connection and ends with the last process that uses it.
"""
