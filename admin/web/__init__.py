"""HTTP in, HTML out: Starlette, sqladmin and Jinja2 live here and above; no SQL."""
