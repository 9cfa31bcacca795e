"""A request that is refused, with its answer."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from automl.errors import shortened


class RequestError(Exception):
    """A request that is refused.

    Parameters
    ----------
    status : HTTPStatus
    text : str
        A sentence for whoever asks.
    facts : mapping of str to object
        What else the answer says, such as the names of missing columns.
    headers : mapping of str to str
        Headers of the answer.
    """

    def __init__(
        self,
        status: HTTPStatus,
        text: str,
        facts: Mapping[str, Any] = MappingProxyType({}),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        text = shortened(text)
        super().__init__(text)
        self.status = status
        self.headers = headers
        self.content = {"error": text, **facts}
