"""Files as tables: every file is read once, whatever its form.

::

    path ──content──► bytes, unpacked ─┬─ text ──dialect──► texts of all cells ──cells──► dataframe
                                       └─ formats: Excel, Parquet, Feather, JSON ────────►

`table`: `read_table`, which does all of it.
"""
