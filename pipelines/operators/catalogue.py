"""A catalogue: the operators that pipelines may be made of, by their names."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from automl.pipelines.operators.operator import Operator


class Catalogue(Mapping[str, Operator]):
    """An immutable mapping of operators by their names.

    Parameters
    ----------
    operators : iterable of Operator
        Starting pipelines take the first operator that fits a step, in this order.
    template : sequence of str
        The steps of every pipeline, as `with_template` reads them; empty for no template.

    Examples
    --------
    >>> from automl.pipelines import load_catalogue
    >>> catalogue = load_catalogue("default")
    >>> catalogue.only("rigde")
    Traceback (most recent call last):
    ...
    ValueError: no operator is called 'rigde'; did you mean 'ridge'?
    >>> len(catalogue.only("ridge", "simple_imputer"))
    2
    """

    def __init__(self, operators: Iterable[Operator], template: Sequence[str] = ()) -> None:
        self.template = tuple(template)
        self._operators: dict[str, Operator] = {}
        for operator in operators:
            if operator.name in self._operators:
                raise ValueError(f"two operators are called {operator.name!r}; rename one of them")
            self._operators[operator.name] = operator

    def __getitem__(self, name: str) -> Operator:
        return self._operators[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._operators)

    def __len__(self) -> int:
        return len(self._operators)

    def __eq__(self, value: object) -> bool:
        # A mapping compares without order and template, but a search depends on them.
        return (
            isinstance(value, Catalogue)
            and self.template == value.template
            and list(self.values()) == list(value.values())
        )

    def __repr__(self) -> str:
        return f"<Catalogue of {len(self)} operators>"

    def only(self, *names: str) -> "Catalogue":
        """Return a catalogue of the named operators."""
        self._check(*names)
        return self.filter(lambda operator: operator.name in names)

    def without(self, *names: str) -> "Catalogue":
        """Return a catalogue of all but the named operators."""
        self._check(*names)
        return self.filter(lambda operator: operator.name not in names)

    def with_operator(self, operator: Operator) -> "Catalogue":
        """Return a catalogue with one more operator, or with one replaced.

        Raises
        ------
        ValueError
            If its class or a part cannot be imported, or the class lacks a hyperparameter.
        """
        operator.check()
        remaining = self.filter(lambda old: old.name != operator.name)
        return Catalogue([*remaining.values(), operator], self.template)

    def filter(self, keep: Callable[[Operator], bool]) -> "Catalogue":
        """Return a catalogue of the operators for which `keep` is true."""
        return Catalogue(filter(keep, self.values()), self.template)

    def without_gaps(self) -> "Catalogue":
        """Return a catalogue for data without missing cells.

        There, all imputers with all their settings do the same, and indicators of missing cells are
        constant. The first imputer stays, with its defaults; the others and the indicators go.
        """
        imputers = [operator.name for operator in self.values() if operator.role == "imputer"]
        remaining = self.filter(
            lambda operator: operator.name not in imputers[1:] and not operator.tells_gaps
        )
        return Catalogue(
            (
                # Only an imputer makes a complete matrix of numeric columns, so one stays.
                operator.at_defaults() if operator.name in imputers else operator
                for operator in remaining.values()
            ),
            self.template,
        )

    def with_template(self, template: str) -> "Catalogue":
        """Return a catalogue whose pipelines all have the same steps.

        Parameters
        ----------
        template : str
            Names of operators or their roles (imputer, encoder, scaler, selector, transformer,
            classifier, regressor or model), as in ``"selector > pca > classifier"``. Imputers,
            encoders and scalers that it does not name come before and between the steps where they
            are needed; no other operator comes into a pipeline.

        Raises
        ------
        ValueError
            If a step names nothing in the catalogue, or a model is not the last step alone.
        """
        steps = [step.strip() for step in template.split(">")]
        for step in steps:
            if not self.steps(step):
                operators = self.values()
                words = sorted(
                    set().union(*(operator.roles() - {operator.name} for operator in operators))
                )
                raise ValueError(
                    f"expected names of operators or some of {words} in a template, got {step!r} "
                    f"in {template!r}; {self._hint(step)}"
                )
        # A word such as "pca" stands for one operator, a role for several: all must be models.
        models = [all(operator.is_model for operator in self.steps(step)) for step in steps]
        if not models[-1] or any(models[:-1]):
            raise ValueError(f"expected a template with one model, at its end, got {template!r}")
        return Catalogue(self.values(), steps)

    def steps(self, word: str) -> list[Operator]:
        """Return the operators that a word of a template stands for."""
        return [operator for operator in self.values() if word in operator.roles()]

    def _check(self, *names: str) -> None:
        for name in names:
            if name not in self._operators:
                raise ValueError(f"no operator is called {name!r}; {self._hint(name)}")

    def _hint(self, name: str) -> str:
        # One near name at most: a longer list would hide the likely one.
        near = difflib.get_close_matches(name, self._operators, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
        return "`automl catalogue` lists the operators"
