"""A catalogue: the operators that pipelines may be made of, found by name."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from automl.pipelines.operators.operator import Operator


class Catalogue(Mapping[str, Operator]):
    """An immutable set of operators, found by name.

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
                raise ValueError(f"two operators are called {operator.name!r}; rename one")
            self._operators[operator.name] = operator

    def __getitem__(self, name: str) -> Operator:
        return self._operators[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._operators)

    def __len__(self) -> int:
        return len(self._operators)

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
            If its class cannot be imported, or has no such hyperparameters.
        """
        operator.check()
        others = self.filter(lambda old: old.name != operator.name)
        return Catalogue([*others.values(), operator], self.template)

    def filter(self, keep: Callable[[Operator], bool]) -> "Catalogue":
        """Return a catalogue of the operators for which `keep` is true."""
        return Catalogue(filter(keep, self.values()), self.template)

    def without_gaps(self) -> "Catalogue":
        """Return a catalogue for data without missing cells.

        All imputers and all their settings do the same there, and what tells of gaps tells nothing:
        the first imputer stays, with its defaults.
        """
        imputers = [one.name for one in self.values() if one.role == "imputer"]
        kept = self.filter(lambda one: one.name not in imputers[1:] and not one.tells_gaps)
        return Catalogue(
            (
                replace(one, domains={}, fixed={**one.fixed, **one.defaults()})
                if one.name in imputers
                else one
                for one in kept.values()
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
            encoders and scalers that it does not name come before and between where they are
            needed; other operators do not come at all.
        """
        steps = [step.strip() for step in template.split(">")]
        for step in steps:
            if not self.steps(step):
                words = sorted({word for one in self.values() for word in one.roles() - {one.name}})
                raise ValueError(
                    f"expected names of operators or some of {words} in a template, got {step!r} "
                    f"in {template!r}; {self._hint(step)}"
                )
        models = [all(one.is_model for one in self.steps(step)) for step in steps]
        if not models[-1] or any(models[:-1]):
            raise ValueError(f"expected a template with one model, at its end, got {template!r}")
        return Catalogue(self.values(), steps)

    def steps(self, word: str) -> list[Operator]:
        """Return the operators that a word of a template stands for."""
        return [one for one in self.values() if word in one.roles()]

    def _check(self, *names: str) -> None:
        for name in names:
            if name not in self._operators:
                raise ValueError(f"no operator is called {name!r}; {self._hint(name)}")

    def _hint(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._operators, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
        return "`automl catalogue` lists the operators"
