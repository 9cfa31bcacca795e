"""This project as a system of TabArena: README.md says how to run it.

::

    TabArena's environment                        this project's environment
    run ─► (TabArena) ─► system ─► process  ═══►  search ─► (automl)
"""
