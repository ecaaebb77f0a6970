"""Jobs: what is to be done behind the pages, kept by procrastinate in this very database, and which import waits on it.

procrastinate ships its schema as SQL files, one a step. The steps up to version 3.4 are named here; an upgrade of the
pin that brings more gets a revision of its own with the new names. Its statements find its tables by their bare names,
on connections whose search path behind a pooler is nobody's to set, so they lie in `public`, all called
`procrastinate_…`. No page offers them: only registered models have pages.

Revision: jobs
Follows: stock
"""

from __future__ import annotations

from importlib import resources

from alembic import op

revision = "jobs"
down_revision = "stock"
branch_labels = None
depends_on = None

STEPS = (
    "00.00.00_01_initial",
    "00.05.00_01_drop_started_at_column",
    "00.05.00_02_drop_started_at_column",
    "00.05.00_03_drop_procrastinate_version_table",
    "00.06.00_01_fix_procrastinate_fetch_job",
    "00.07.01_01_fix_trigger_status_events_insert",
    "00.08.01_01_add_queueing_lock_column",
    "00.10.00_01_close_fetch_job_race_condition",
    "00.10.00_02_add_defer_job_function",
    "00.11.00_03_add_procrastinate_periodic_defers",
    "00.12.00_01_add_foreign_key_index",
    "00.14.00_01_add_locks_to_periodic_defer",
    "00.15.02_01_fix_procrastinate_defer_periodic_job",
    "00.16.00_01_add_finish_job_and_retry_job_functions",
    "00.17.00_01_add_trigger_on_job_deletion",
    "00.17.00_02_delete_finished_jobs",
    "00.17.00_03_add_checks_to_finish_job",
    "00.17.00_04_add_checks_to_retry_job",
    "00.18.01_01_fix_finish_job_compat_issue",
    "00.19.00_01_add_index_on_procrastinate_jobs",
    "00.22.00_01_add_kwargs_to_defer_periodic_job",
    "00.23.00_01_null_locks_excluded",
    "01.00.00_01_remove_old_finish_job_function",
    "01.01.01_01_job_id_bigint",
    "02.00.03_01_add_job_priority",
    "02.05.00_01_add_periodic_job_priority",
    "02.06.00_01_add_cancel_states",
    "02.08.00_01_add_additional_params_to_retry_job",
    "02.14.01_01_add_indexes_for_fetch_job",
    "03.00.00_01_pre_cancel_notification",
    "03.00.00_50_post_cancel_notification",
    "03.01.00_01_pre_add_heartbeat",
    "03.01.00_50_post_add_heartbeat",
    "03.02.00_01_pre_batch_defer_jobs",
    "03.02.00_50_post_batch_defer_jobs",
    "03.03.00_01_pre_priority_lock_fetch_job",
    "03.04.00_01_pre_add_retry_failed_job_procedure",
    "03.04.00_50_post_add_retry_failed_job_procedure",
)

# Which job works on an import, so that a late or doubled one finds that it is not meant any more; and how often one
# has begun, which a job that ends its process cannot tell itself.
WAITING = """
ALTER TABLE larder.import
  ADD COLUMN job_id bigint,
  ADD COLUMN attempts integer NOT NULL DEFAULT 0
"""

DROP_ALL = """
DO $$
DECLARE
  what text;
BEGIN
  DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs, procrastinate_workers CASCADE;
  FOR what IN SELECT oid::regprocedure::text FROM pg_proc
              WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'DROP FUNCTION ' || what;
  END LOOP;
  DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_status, procrastinate_job_event_type;
END
$$
"""


def upgrade() -> None:
    files = resources.files("procrastinate.sql") / "migrations"
    for step in STEPS:
        # As text without parameters: the files are full of percent signs. Not as an option of the connection, which
        # later revisions of the same run would have as well.
        script = (files / f"{step}.sql").read_text("utf-8")
        op.get_bind().exec_driver_sql(script, execution_options={"no_parameters": True})
    op.execute(WAITING)


def downgrade() -> None:
    op.execute("ALTER TABLE larder.import DROP COLUMN job_id, DROP COLUMN attempts")
    op.execute(DROP_ALL)
