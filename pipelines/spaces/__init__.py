"""Pipelines as values, and the spaces that a search draws them from.

Pipelines
    `genome`: `Genome`, a pipeline as a value with one canonical text.
Spaces
    `space`: `Space`, typed trees of DEAP and the genomes that they stand for; `Sampler`.
    `grammar`: `Grammar`, all pipelines of a catalogue over columns. `stages`: its templates.
    `skeleton`: `Skeleton`, the settings of one pipeline.
Starts
    `portfolio`: the first pipelines of a search, learnt on other data sets.
"""
