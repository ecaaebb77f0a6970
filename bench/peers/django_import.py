"""django-import-export on Larder's customers, tuned as its manual says: in bulk, without diffs, instances or log.

Called with a file; prints the seconds of the preview and of the import, as its admin would run one after the other.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import tablib
from import_export import resources

from bench.peers.django_admin import Customer


class CustomerResource(resources.ModelResource):  # type: ignore[misc] # the library ships no types
    class Meta:
        model = Customer
        fields = ("email", "name", "city", "balance", "born", "active")
        import_id_fields = ("email",)
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True


def main() -> None:
    """Read, preview, import."""
    data = tablib.Dataset().load(Path(sys.argv[1]).read_text(), format="csv")
    took = []
    for dry_run in (True, False):
        started = time.perf_counter()
        result = CustomerResource().import_data(data, dry_run=dry_run, use_transactions=True, raise_errors=True)
        took.append(time.perf_counter() - started)
    print(json.dumps({"preview": took[0], "import": took[1], "rows": result.totals["new"]}))


if __name__ == "__main__":
    main()
