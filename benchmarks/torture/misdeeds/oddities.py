"""Estimators that are odd as objects: copied, printed, compared, written to a file."""

import os
import time
from typing import Any, NoReturn, Self

import numpy as np

from benchmarks.torture.misdeeds.monster import Monster

FOREVER = 10**6  # seconds


class Odd(Monster):
    """A monster of a class of its own."""

    def act(self) -> object:
        """Do what the class is for; what it returns is what `fit` returns."""
        return self

    def fit(self, X: Any, y: Any) -> Any:
        """Act where there are enough rows."""
        super().fit(X, y)
        return self.act() if self.wild_ else self


class ReturnsNone(Odd):
    def act(self) -> object:
        return None


class ReturnsText(Odd):
    def act(self) -> object:
        return "fitted"


class NoParameters(Odd):
    def get_params(self, deep: bool = True) -> NoReturn:
        raise RuntimeError("no parameters")


class NoText(Odd):
    def __repr__(self, *_: object) -> str:
        raise RuntimeError("no text")


class NoTags(Odd):
    def __sklearn_tags__(self) -> NoReturn:
        raise RuntimeError("no tags")


class NoCopy(Odd):
    def __sklearn_clone__(self) -> NoReturn:
        raise RuntimeError("no copy")


class CopyHangs(Odd):
    def __sklearn_clone__(self) -> NoReturn:
        while True:
            time.sleep(FOREVER)


class NoClasses(Odd):
    def act(self) -> object:
        del self.classes_
        return self


class OtherClasses(Odd):
    def act(self) -> object:
        self.classes_ = np.array(["maybe", "perhaps"])
        return self


class NoAttributes(Odd):
    def __getattr__(self, name: str) -> Any:
        return getattr(self, f"{name}_")  # never ends


class UnreadableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


class RaisesUnreadable(Odd):
    def act(self) -> NoReturn:
        raise UnreadableError


class LockedError(Exception):
    def __reduce__(self) -> NoReturn:
        raise RuntimeError("it cannot be pickled")


class RaisesUnpicklable(Odd):
    def act(self) -> NoReturn:
        raise LockedError("it cannot be pickled")


class RaisesLong(Odd):
    def act(self) -> NoReturn:
        raise ValueError("long " * 2**21)


class RaisesSurrogates(Odd):
    def act(self) -> NoReturn:
        raise ValueError("\udc80\ud800 half a character")


class RaisesNul(Odd):
    def act(self) -> NoReturn:
        raise ValueError("\x00\x1b[2J\r\n\x07")


class RaisesInCircles(Odd):
    def act(self) -> NoReturn:
        first, second = ValueError("first"), ValueError("second")
        first.__cause__, second.__cause__ = second, first
        raise first


class RaisesMemoryError(Odd):
    def act(self) -> NoReturn:
        raise MemoryError


class DeathHangs(Odd):
    def __del__(self) -> None:
        if getattr(self, "wild_", False):
            time.sleep(FOREVER)


class DeathRaises(Odd):
    def __del__(self) -> None:
        if getattr(self, "wild_", False):
            raise RuntimeError("it will not die")


class EqualsRaises(Odd):
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]


class NoLength(Odd):
    def __len__(self) -> int:
        raise RuntimeError("no length")


class HoldsFunction(Odd):
    def act(self) -> Self:
        self.function_ = lambda: 0  # no pickle takes it
        return self


class HoldsMuch(Odd):
    def act(self) -> Self:
        self.much_ = np.ones(500 * 2**20 // 8)
        return self


class PickleRaises(Odd):
    def __getstate__(self) -> Any:
        if getattr(self, "wild_", False):
            raise RuntimeError("it cannot be pickled")
        return super().__getstate__()


class PickleHangs(Odd):
    def __getstate__(self) -> Any:
        while getattr(self, "wild_", False):
            time.sleep(FOREVER)
        return super().__getstate__()


class PickleExits(Odd):
    def __getstate__(self) -> Any:
        if getattr(self, "wild_", False):
            os._exit(0)
        return super().__getstate__()


class UnpickleRaises(Odd):
    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        if getattr(self, "wild_", False):
            raise RuntimeError("it cannot be read again")


class UnpickleHangs(Odd):
    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        while getattr(self, "wild_", False):
            time.sleep(FOREVER)


class UnpickleExits(Odd):
    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        if getattr(self, "wild_", False):
            os._exit(0)


class UnpickleInterrupts(Odd):
    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        if getattr(self, "wild_", False):
            raise KeyboardInterrupt


ODDITIES: dict[str, str] = {
    f"odd: {name}": f"{__name__}.{class_.__name__}"
    for name, class_ in {
        "fit returns nothing": ReturnsNone,
        "fit returns a text": ReturnsText,
        "no parameters": NoParameters,
        "no text": NoText,
        "no tags": NoTags,
        "no copy": NoCopy,
        "a copy that hangs": CopyHangs,
        "no classes": NoClasses,
        "other classes": OtherClasses,
        "endless attributes": NoAttributes,
        "an error without text": RaisesUnreadable,
        "an error that cannot be sent": RaisesUnpicklable,
        "an error of 10 MB": RaisesLong,
        "an error of half characters": RaisesSurrogates,
        "an error with NUL": RaisesNul,
        "errors in a circle": RaisesInCircles,
        "MemoryError": RaisesMemoryError,
        "a death that hangs": DeathHangs,
        "a death that raises": DeathRaises,
        "no comparison": EqualsRaises,
        "no length": NoLength,
        "holds a function": HoldsFunction,
        "holds 500 MB": HoldsMuch,
        "a pickle that raises": PickleRaises,
        "a pickle that hangs": PickleHangs,
        "a pickle that exits": PickleExits,
        "raises when it is read": UnpickleRaises,
        "hangs when it is read": UnpickleHangs,
        "exits when it is read": UnpickleExits,
        "interrupts when it is read": UnpickleInterrupts,
    }.items()
}
"""The dotted path of a class, by its oddity."""
