"""Larder's engine: an admin console for any SQLAlchemy 2 model over PostgreSQL."""
