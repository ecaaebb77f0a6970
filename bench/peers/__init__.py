"""The peers as their own documentation sets them up, on the very tables that Larder shows."""
