"""What runs durable subscriptions: workers, their leases, and one step of one shard.

Read ``runner`` first: the loop. ``turns`` handles a batch, ``parking`` what fails, ``leases`` says
who owns what, ``pulse`` keeps a worker alive and publishes the watermark.
"""
