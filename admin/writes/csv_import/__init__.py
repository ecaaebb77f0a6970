"""Import of a CSV file: read, match, check, apply, each a step that can be taken by a page, a command or a job.

The way of a file, one module a step:

    sniff     what the bytes are: text or not, encoding, delimiter
    tokens    strict CSV: one record at a time, with the physical line it starts on
    read      a file as headers and batches for COPY; sheet does it for a workbook, which is opened with care
    stage     those batches in a staging table of their own, next to the file as it came
    mapping   what a column may go into; a parent may be named by a unique column of its own
    guess     which header means which column, and why: synonyms, looks of values, what was chosen last time (remember)
    catalog   what the database itself says of the table: exact types, defaults, checks
    rules     the shape a cell must have, kind by kind, as SQL; shapes puts them together for a column
    styles    how numbers and dates are written: asked where the values leave it open
    cells     every cell as a value of its column, or the rule it breaks
    live      what depends on the rows that are there: match, trash, parents, row_rules, uniqueness, and in beside what
              guards found in the catalog: other unique indexes, exclusion constraints, foreign keys
    needs     lines that stand only with another one: exchange of unique values, family of parents in the same file
    outcome   what a row would hold afterwards; judged, shown and written from the same expression
    check     all of it together, into a report; the table itself is not touched
    paging    which lines stand on a page of the review; review and rejected show them, reasons groups the bad ones
    originals what corrected lines held before; corrections, replacing and mended change the staged rows
    apply     the same again behind locks (recheck), and then the change (around refused rows), as one operation
    pending   what indexes gather meanwhile, sorted in once the operation is done

Everything between reading and applying is set-based SQL on all-text staged rows. Nothing here knows of HTTP, and
nothing commits.
"""
