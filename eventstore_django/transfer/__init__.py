"""Events as JSON Lines: out of files into the store, and back."""
