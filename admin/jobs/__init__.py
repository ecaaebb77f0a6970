"""What is done behind the pages: shells around `writes`, run by workers that procrastinate feeds from the database.

    queue     hands an import to the workers, in the transaction that sets its state, or takes it back
    imports   the job itself: run an import that waits, once, whatever happens to the process that does it
    slots     how many imports run at once, a person's and in all
    worker    procrastinate: fetches jobs, beats, hands back what it cannot finish
    inside    a worker in the process that serves pages
    periodic  what has to be done again and again: rescue, retention, the months of the log

Pages import `queue` alone. `worker` imports procrastinate, which takes a tenth of a second, so it is imported when a
worker starts and not before.
"""
