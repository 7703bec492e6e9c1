"""The HTTP interface, on Django REST framework: the only package that knows it."""
