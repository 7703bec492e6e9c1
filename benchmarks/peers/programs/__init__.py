"""The contenders: a program each, which runs in an environment of its own and serves one driver."""
