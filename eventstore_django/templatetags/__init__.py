"""What the admin's templates need."""
