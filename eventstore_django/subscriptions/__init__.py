"""What an application declares and asks of its subscriptions. What runs them lies in ``workers``.

Nothing here imports a model, so that all of it can be imported before ``django.setup()``.
"""
