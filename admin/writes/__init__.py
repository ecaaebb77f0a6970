"""Changes data, and records that it did, inside the caller's transaction: never commits, never renders."""
