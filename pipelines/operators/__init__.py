"""The estimators that pipelines may be made of, as records.

Hyperparameters
    `domains`: `Real`, `Integer`, `Choice`, the values that a hyperparameter may take.
Data between operators
    `flow_types`: `Numeric`, `Matrix`, `Prediction` and the other types, with their family tree.
Operators
    `operator`: `Operator`, `Traits` by which operators are offered, `Wrapper`, `Rounds`.
    `catalogue`: `Catalogue`, operators by their names.
Classes with arguments
    `calls`: `Call`, `Name`, `Constant`, which `building` turns into estimators or source.
"""
