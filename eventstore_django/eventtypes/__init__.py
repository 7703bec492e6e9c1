"""Event types: a class for a name, the version of its shape, and the way from older versions to the newest.

Knows no database and no Django. Names are data: what a stored event is called selects among the classes
that were registered, and imports nothing.
"""
