"""How a measurement is made: jobs in processes of their own, written to a journal."""
